using System.Runtime.Intrinsics;
using NemotronSharp.Numerics;

namespace NemotronSharp.Kernels;

/// <summary>y = x / √(mean(x²) + ε) ⊙ w per row; x, y [T, H], w [H], all float32 (Zhang and Sennrich, arXiv 1910.07467).</summary>
internal static unsafe class RmsNorm
{
    public static void Apply(Rows x, float* weight, float epsilon, Rows y, Workers workers) => workers.Run(new Job(x, weight, epsilon, y), x.Count, Workers.RowGrain(x.Width));

    /// <summary>One row of <paramref name="width"/> values; <paramref name="x"/> and <paramref name="y"/> may be the same.</summary>
    public static void Row(float* x, float* weight, float epsilon, float* y, int width)
    {
        var factor = Vector512.Create(1f / MathF.Sqrt(Lanes.Dot(x, x, width) / width + epsilon));
        var i = 0;
        for (; i <= width - Lanes.Width; i += Lanes.Width)
            (Vector512.Load(x + i) * factor * Vector512.Load(weight + i)).Store(y + i);
        for (; i < width; i++) y[i] = x[i] * factor.GetElement(0) * weight[i];
    }

    private readonly struct Job(Rows x, float* weight, float epsilon, Rows y) : IJob
    {
        public void Run(int begin, int end)
        {
            for (var t = begin; t < end; t++) Row(x.Row(t), weight, epsilon, y.Row(t), x.Width);
        }
    }

    /// <summary>The formula in double precision.</summary>
    public static void Reference(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, float epsilon, Span<float> y)
    {
        var squares = 0.0;
        foreach (var value in x) squares += (double)value * value;
        var factor = 1 / Math.Sqrt(squares / x.Length + epsilon);
        for (var i = 0; i < x.Length; i++) y[i] = (float)(x[i] * factor * weight[i]);
    }
}
