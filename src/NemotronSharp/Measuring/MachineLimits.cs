using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using NemotronSharp.Kernels;
using NemotronSharp.Numerics;

namespace NemotronSharp;

/// <summary>What the machine can do at this moment, measured: the denominators of every share. Neighbours on a shared machine change it by the minute.</summary>
/// <param name="ReadBytesPerSecond">Memory read by all threads together, from a buffer far larger than the caches.</param>
/// <param name="Float32OpsPerSecond">float32 multiplications and additions of all threads together, in registers.</param>
public sealed record MachineLimits(double ReadBytesPerSecond, double Float32OpsPerSecond)
{
    private const int Passes = 5, Accumulators = 12, Rounds = 1 << 20;
    private const long BufferBytes = 1L << 30;

    /// <summary>Measures for about a second; the median of five passes each.</summary>
    /// <param name="threads">Threads that work, at least 1.</param>
    public static unsafe MachineLimits Measure(int threads)
    {
        using var workers = new Workers(threads);
        using var buffer = new NativeBuffer(BufferBytes / sizeof(float));
        var sink = stackalloc float[threads];
        return new MachineLimits(
            Median(() => workers.Run(new Reading((byte*)buffer.Data, BufferBytes / threads / 256 * 256, sink), threads, 1), BufferBytes),
            Median(() => workers.Run(new Multiplying(sink), threads, 1), 2.0 * Vector512<float>.Count * Accumulators * Rounds * threads));
    }

    private static double Median(Action pass, double amount)
    {
        pass();
        var rates = new double[Passes];
        for (var i = 0; i < Passes; i++)
        {
            var start = Stopwatch.GetTimestamp();
            pass();
            rates[i] = amount / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        Array.Sort(rates);
        return rates[Passes / 2];
    }

    // What is computed goes to the sink: without a reader it would not be computed.
    private readonly unsafe struct Reading(byte* buffer, long share, float* sink) : IJob
    {
        public void Run(int begin, int end)
        {
            for (var thread = begin; thread < end; thread++)
            {
                Vector512<uint> a = default, b = default, c = default, d = default;
                for (byte* at = buffer + thread * share, last = at + share; at < last; at += 256)
                {
                    a |= Vector512.Load((uint*)at);
                    b |= Vector512.Load((uint*)(at + 64));
                    c |= Vector512.Load((uint*)(at + 128));
                    d |= Vector512.Load((uint*)(at + 192));
                }
                sink[thread] = (a | b | c | d)[0];
            }
        }
    }

    private readonly unsafe struct Multiplying(float* sink) : IJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int begin, int end)
        {
            for (var thread = begin; thread < end; thread++)
            {
                Vector512<float> x = Vector512.Create(0.5f), y = Vector512.Create(1f), a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
                for (var round = 0; round < Rounds; round++)
                {
                    a = Vector512.FusedMultiplyAdd(a, x, y);
                    b = Vector512.FusedMultiplyAdd(b, x, y);
                    c = Vector512.FusedMultiplyAdd(c, x, y);
                    d = Vector512.FusedMultiplyAdd(d, x, y);
                    e = Vector512.FusedMultiplyAdd(e, x, y);
                    f = Vector512.FusedMultiplyAdd(f, x, y);
                    g = Vector512.FusedMultiplyAdd(g, x, y);
                    h = Vector512.FusedMultiplyAdd(h, x, y);
                    i = Vector512.FusedMultiplyAdd(i, x, y);
                    j = Vector512.FusedMultiplyAdd(j, x, y);
                    k = Vector512.FusedMultiplyAdd(k, x, y);
                    l = Vector512.FusedMultiplyAdd(l, x, y);
                }
                sink[thread] = (a + b + c + d + e + f + g + h + i + j + k + l)[0];
            }
        }
    }
}
