using System.Runtime.Intrinsics;
using NemotronSharp.Numerics;

namespace NemotronSharp.Kernels;

/// <summary>
/// Depthwise causal convolution over time with SiLU: y_t[c] = SiLU(b[c] + Σ_i w[i, c] · x_{t−K+1+i}[c]).
/// x, y [T, C]; taps w [K, C], the last one on the current token; the window holds the K − 1 rows before x, oldest first.
/// </summary>
internal static unsafe class CausalConv
{
    /// <summary>Convolves one sequence's rows and moves its window behind them. <paramref name="bias"/> may be null.</summary>
    public static void Apply(Rows x, float* taps, float* bias, int kernel, float* window, Rows y, Workers workers)
    {
        // Columns are handed out in multiples of the lane count, so that a channel's path never depends on the split.
        var blocks = (x.Width + Lanes.Width - 1) / Lanes.Width;
        var grain = Math.Max(4, (1 << 12) / Math.Max(1, x.Count * kernel));
        workers.Run(new Job(x, taps, bias, kernel, window, y), blocks, grain);
        MoveWindow(x, kernel, window);
    }

    /// <summary>The formula for one channel, double precision.</summary>
    public static void Reference(ReadOnlySpan<float> history, ReadOnlySpan<float> x, ReadOnlySpan<float> taps, float bias, Span<float> y)
    {
        for (var t = 0; t < x.Length; t++)
        {
            double sum = bias;
            for (var i = 0; i < taps.Length; i++)
            {
                var at = t - taps.Length + 1 + i;
                sum += (double)taps[i] * (at >= 0 ? x[at] : history[history.Length + at]);
            }

            y[t] = (float)(sum / (1 + Math.Exp(-sum)));
        }
    }

    private static void MoveWindow(Rows x, int kernel, float* window)
    {
        var keep = kernel - 1;
        for (var row = 0; row < keep; row++)
        {
            var at = x.Count - keep + row;
            var source = at >= 0 ? x[at] : new Span<float>(window + (long)(row + x.Count) * x.Width, x.Width);
            source.CopyTo(new Span<float>(window + (long)row * x.Width, x.Width));
        }
    }

    private readonly struct Job(Rows x, float* taps, float* bias, int kernel, float* window, Rows y) : IJob
    {
        public void Run(int begin, int end)
        {
            for (var block = begin; block < end; block++)
            {
                var c = block * Lanes.Width;
                if (c + Lanes.Width <= x.Width) Vector(c);
                else for (; c < x.Width; c++) Scalar(c);
            }
        }

        private void Vector(int c)
        {
            for (var t = 0; t < x.Count; t++)
            {
                var sum = bias is null ? Vector512<float>.Zero : Vector512.Load(bias + c);
                for (var i = 0; i < kernel; i++)
                    sum = Vector512.FusedMultiplyAdd(Vector512.Load(taps + (long)i * x.Width + c), Vector512.Load(Source(t, i) + c), sum);
                Lanes.Silu(sum).Store(y.Row(t) + c);
            }
        }

        private void Scalar(int c)
        {
            for (var t = 0; t < x.Count; t++)
            {
                var sum = bias is null ? 0f : bias[c];
                for (var i = 0; i < kernel; i++) sum = MathF.FusedMultiplyAdd(taps[(long)i * x.Width + c], Source(t, i)[c], sum);
                y[t][c] = Lanes.Silu(sum);
            }
        }

        private float* Source(int t, int tap)
        {
            var at = t - kernel + 1 + tap;
            return at >= 0 ? x.Row(at) : window + (long)(kernel - 1 + at) * x.Width;
        }
    }
}
