using NemotronSharp.Numerics;

namespace NemotronSharp.Kernels;

/// <summary>x = x + y, row by row.</summary>
internal static unsafe class Residual
{
    public static void Add(Rows x, Rows y, Workers workers) => workers.Run(new Job(x, y), x.Count, Workers.RowGrain(x.Width));

    private readonly struct Job(Rows x, Rows y) : IJob
    {
        public void Run(int begin, int end)
        {
            for (var t = begin; t < end; t++) Lanes.AddScaled(x.Row(t), y.Row(t), 1f, x.Width);
        }
    }
}
