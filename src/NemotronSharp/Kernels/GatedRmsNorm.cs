using System.Runtime.Intrinsics;
using NemotronSharp.Numerics;

namespace NemotronSharp.Kernels;

/// <summary>
/// Mamba-2's output norm, gate first: g = y ⊙ SiLU(z), then RMSNorm over each of G equal groups of g, times w.
/// y, z and the result [T, D_in], w [D_in], float32 (Dao and Gu, arXiv 2405.21060, with <c>norm_before_gate=false</c>).
/// </summary>
internal static unsafe class GatedRmsNorm
{
    public static void Apply(Rows y, Rows z, float* weight, int groups, float epsilon, Rows result, Workers workers) =>
        workers.Run(new Job(y, z, weight, groups, epsilon, result), y.Count, Workers.RowGrain(4 * y.Width));

    private readonly struct Job(Rows y, Rows z, float* weight, int groups, float epsilon, Rows result) : IJob
    {
        public void Run(int begin, int end)
        {
            var width = y.Width / groups;
            for (var t = begin; t < end; t++)
            {
                float* value = y.Row(t), gate = z.Row(t), target = result.Row(t);
                var i = 0;
                for (; i <= y.Width - Lanes.Width; i += Lanes.Width)
                    (Vector512.Load(value + i) * Lanes.Silu(Vector512.Load(gate + i))).Store(target + i);
                for (; i < y.Width; i++) target[i] = value[i] * Lanes.Silu(gate[i]);
                for (var g = 0; g < groups; g++) RmsNorm.Row(target + g * width, weight + g * width, epsilon, target + g * width, width);
            }
        }
    }

    /// <summary>The formula in double precision for one row.</summary>
    public static void Reference(ReadOnlySpan<float> y, ReadOnlySpan<float> z, ReadOnlySpan<float> weight, int groups, float epsilon, Span<float> result)
    {
        var gated = new float[y.Length];
        for (var i = 0; i < y.Length; i++) gated[i] = (float)(y[i] * (z[i] / (1 + Math.Exp(-z[i]))));
        var width = y.Length / groups;
        for (var g = 0; g < groups; g++)
            RmsNorm.Reference(gated.AsSpan(g * width, width), weight.Slice(g * width, width), epsilon, result.Slice(g * width, width));
    }
}
