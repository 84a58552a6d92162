using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NemotronSharp.Kernels;

/// <summary>Work over a range of items; every item is computed whole by one thread, so results never depend on the thread count.</summary>
internal interface IJob
{
    /// <summary>Computes the items [begin, end).</summary>
    void Run(int begin, int end);
}

/// <summary>
/// The threads of one engine. The caller takes part in the work; jobs run one at a time. Each thread begins with a stretch of neighbouring items, so that it reads
/// memory as one stream, and helps the others when it is done.
/// Owned by the engine, called from one thread at a time; threads end on dispose.
/// </summary>
internal sealed unsafe class Workers : IDisposable
{
    // Cache lines come in pairs on some machines.
    private const int Line = 128;

    // Between the kernels of one step the next job comes within microseconds: spinning that long is cheaper than sleeping.
    private const int SpinsBeforeSleep = 2000;

    // A thread that waits longer for the others lets the system run them: there may be more threads than cores.
    private const int SpinsBeforeYield = 500;

    private readonly Thread[] _threads;
    private readonly Lock _gate = new();
    private readonly object _bed = new();
    private readonly Shared* _shared;
    private readonly Claims* _claims;
    private volatile int _sleepers;
    private volatile bool _stop;
    private volatile Exception? _failure;

    public Workers(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Count = threads;
        _shared = (Shared*)NativeMemory.AlignedAlloc((nuint)(sizeof(Shared) + threads * sizeof(Claims)), Line);
        NativeMemory.Clear(_shared, (nuint)(sizeof(Shared) + threads * sizeof(Claims)));
        _claims = (Claims*)(_shared + 1);
        _threads = new Thread[threads - 1];
        for (var i = 0; i < _threads.Length; i++)
        {
            var own = i + 1;
            _threads[i] = new Thread(() => Loop(own)) { IsBackground = true, Name = $"nemotron worker {own}" };
            _threads[i].Start();
        }
    }

    /// <summary>Threads that compute, the caller included.</summary>
    public int Count { get; }

    /// <summary>How many rows of this width are worth handing to a thread in kernels that touch each value a few times.</summary>
    public static int RowGrain(int width) => Math.Max(1, (1 << 14) / Math.Max(1, width));

    /// <summary>Runs a job over <paramref name="items"/> items, handed out <paramref name="grain"/> at a time.</summary>
    public void Run<TJob>(TJob job, int items, int grain) where TJob : struct, IJob
    {
        if (items == 0) return;
        if (_threads.Length == 0 || items <= grain)
        {
            job.Run(0, items);
            return;
        }

        lock (_gate)
        {
            _failure = null;
            _shared->Job = new Assignment { Run = &Invoke<TJob>, Job = Unsafe.AsPointer(ref job), Items = items, Grain = grain };
            Volatile.Write(ref _shared->Running, _threads.Length);
            Start();
            Exception? own = null;
            try
            {
                Work(_shared->Job, _shared->Generation, 0);
            }
            catch (Exception e)
            {
                own = e;
            }

            // The job lives on this stack frame: leave only when every thread has let go of it.
            for (var spins = 0; Volatile.Read(ref _shared->Running) > 0; spins++)
            {
                if (spins < SpinsBeforeYield) Thread.SpinWait(1);
                else Thread.Yield();
            }
            if ((own ?? _failure) is { } failure) throw new InvalidOperationException("a kernel failed: " + failure.Message, failure);
        }
    }

    public void Dispose()
    {
        _stop = true;
        Start();
        foreach (var thread in _threads) thread.Join();
        NativeMemory.AlignedFree(_shared);
    }

    private static void Invoke<TJob>(void* job, int begin, int end) where TJob : struct, IJob => Unsafe.AsRef<TJob>(job).Run(begin, end);

    private void Start()
    {
        // A full fence between the new generation and the look at the sleepers; they look the other way round.
        Interlocked.Increment(ref _shared->Generation);
        if (_sleepers == 0) return;
        lock (_bed) Monitor.PulseAll(_bed);
    }

    private void Work(in Assignment job, int generation, int own)
    {
        for (var i = 0; i < Count; i++)
        {
            var owner = own + i < Count ? own + i : own + i - Count;
            // Equal numbers of whole grains, as near as can be.
            var grains = ((long)job.Items + job.Grain - 1) / job.Grain;
            int first = (int)(grains * owner / Count * job.Grain), end = (int)Math.Min(job.Items, grains * (owner + 1) / Count * job.Grain);
            for (int begin; (begin = Claim(owner, generation, first, end, job.Grain)) < end;) job.Run(job.Job, begin, Math.Min(begin + job.Grain, end));
        }
    }

    // The next items of a stretch, its end if there are none. Whoever comes first in a generation finds the claims of an older one.
    private int Claim(int owner, int generation, int first, int end, int grain)
    {
        ref var claims = ref _claims[owner].Value;
        for (; ; )
        {
            var found = Volatile.Read(ref claims);
            var next = (int)(found >> 32) == generation ? (int)found : first;
            if (next >= end) return end;
            if (Interlocked.CompareExchange(ref claims, (long)generation << 32 | (uint)(next + grain), found) == found) return next;
        }
    }

    private void Loop(int own)
    {
        var seen = 0;
        for (; ; )
        {
            Await(seen);
            seen = Volatile.Read(ref _shared->Generation);
            if (_stop) return;
            try
            {
                Work(_shared->Job, seen, own);
            }
            catch (Exception e)
            {
                _failure = e;
            }

            Interlocked.Decrement(ref _shared->Running);
        }
    }

    private void Await(int seen)
    {
        for (var spins = 0; spins < SpinsBeforeSleep; spins++)
        {
            if (Volatile.Read(ref _shared->Generation) != seen) return;
            Thread.SpinWait(1);
        }

        lock (_bed)
        {
            Interlocked.Increment(ref _sleepers);
            while (Volatile.Read(ref _shared->Generation) == seen) Monitor.Wait(_bed);
            Interlocked.Decrement(ref _sleepers);
        }
    }

    private struct Assignment
    {
        public delegate*<void*, int, int, void> Run;
        public void* Job;
        public int Items, Grain;
    }

    // What the caller writes on one line, what the threads count down on another.
    [StructLayout(LayoutKind.Explicit, Size = 2 * Line)]
    private struct Shared
    {
        [FieldOffset(0)]
        public Assignment Job;

        [FieldOffset(64 - sizeof(int))]
        public int Generation;

        [FieldOffset(Line)]
        public int Running;
    }

    // Where a stretch of items continues, below the generation that this is true for; alone on its cache line.
    [StructLayout(LayoutKind.Explicit, Size = Line)]
    private struct Claims
    {
        [FieldOffset(0)]
        public long Value;
    }
}
