using System.Runtime.Intrinsics;
using NemotronSharp.Numerics;

namespace NemotronSharp.Kernels;

/// <summary>x = max(x, 0)² in place; the activation of every MLP and expert of the family (Primer, arXiv 2109.08668).</summary>
internal static unsafe class SquaredRelu
{
    public static void Apply(Rows x, Workers workers) => workers.Run(new Job(x), x.Count, Workers.RowGrain(x.Width));

    private readonly struct Job(Rows x) : IJob
    {
        public void Run(int begin, int end)
        {
            for (var t = begin; t < end; t++) Row(x.Row(t), x.Width);
        }

        private static void Row(float* row, int width)
        {
            var i = 0;
            for (; i <= width - Lanes.Width; i += Lanes.Width)
            {
                var positive = Vector512.Max(Vector512.Load(row + i), Vector512<float>.Zero);
                (positive * positive).Store(row + i);
            }

            for (; i < width; i++)
            {
                var positive = MathF.Max(row[i], 0f);
                row[i] = positive * positive;
            }
        }
    }
}
