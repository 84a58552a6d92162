using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using NemotronSharp.Kernels;
using NemotronSharp.Kernels.Jit;
using NemotronSharp.Numerics;

namespace NemotronSharp;

/// <summary>
/// Measures the machine's limits again and again, so that each result can stand beside the limit of its moment.
/// Owns threads, which sleep between measurements, and half a GiB of memory; used by one thread at a time.
/// </summary>
public sealed unsafe class MachineMeter : IDisposable
{
    // A pass takes some milliseconds, of reading some ten; parts small enough that a thread which is held up does not hold up the other.
    private const int Passes = 7, Float32Accumulators = 12, Rounds = 1 << 20;
    private const long BufferBytes = 1L << 29, PartBytes = 1L << 21;

    private readonly Workers _workers;
    private readonly NativeBuffer _buffer = new(BufferBytes / sizeof(float));
    private readonly NativeBuffer _sink;

    /// <param name="threads">Threads that work, at least 1.</param>
    public MachineMeter(int threads)
    {
        _workers = new Workers(threads);
        _sink = new NativeBuffer(Math.Max(threads, BufferBytes / PartBytes));
    }

    /// <summary>What all threads together read and compute in a second: the medians of seven passes each, less than half a second in all.</summary>
    public MachineLimits Measure() => new(
        _workers.Count,
        Rate(new Reading((byte*)_buffer.Data, _sink.Data), (int)(BufferBytes / PartBytes), BufferBytes),
        Peak(new Multiplying(_sink.Data), 2.0 * Vector512<float>.Count * Float32Accumulators),
        PeakLoop.BFloat16 is { } bfloat16 ? Peak(new Looping(bfloat16.Code), bfloat16.OpsPerRound) : null,
        PeakLoop.Int8 is { } int8 ? Peak(new Looping(int8.Code), int8.OpsPerRound) : null);

    /// <summary>Ends the threads and frees the memory.</summary>
    public void Dispose()
    {
        _workers.Dispose();
        _buffer.Dispose();
        _sink.Dispose();
    }

    private double Peak<TJob>(TJob job, double opsPerRound) where TJob : struct, IJob => Rate(job, _workers.Count, opsPerRound * Rounds * _workers.Count);

    private double Rate<TJob>(TJob job, int items, double amount) where TJob : struct, IJob
    {
        _workers.Run(job, items, 1);
        var rates = new double[Passes];
        for (var i = 0; i < Passes; i++)
        {
            var start = Stopwatch.GetTimestamp();
            _workers.Run(job, items, 1);
            rates[i] = amount / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        Array.Sort(rates);
        return rates[Passes / 2];
    }

    // What is computed goes to the sink: without a reader it would not be computed.
    private readonly struct Reading(byte* buffer, float* sink) : IJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int begin, int end)
        {
            for (var part = begin; part < end; part++)
            {
                Vector512<uint> a = default, b = default, c = default, d = default;
                for (byte* at = buffer + part * PartBytes, last = at + PartBytes; at < last; at += 256)
                {
                    a |= Vector512.Load((uint*)at);
                    b |= Vector512.Load((uint*)(at + 64));
                    c |= Vector512.Load((uint*)(at + 128));
                    d |= Vector512.Load((uint*)(at + 192));
                }
                sink[part] = (a | b | c | d)[0];
            }
        }
    }

    private readonly struct Looping(nint code) : IJob
    {
        public void Run(int begin, int end)
        {
            for (var thread = begin; thread < end; thread++) ((delegate* unmanaged<long, void>)code)(Rounds);
        }
    }

    private readonly struct Multiplying(float* sink) : IJob
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
