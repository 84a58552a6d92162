using System.Runtime.CompilerServices;

namespace NemotronSharp.Kernels;

/// <summary>Work over a range of items; every item is computed whole by one thread, so results never depend on the thread count.</summary>
internal interface IJob
{
    /// <summary>Computes the items [begin, end).</summary>
    void Run(int begin, int end);
}

/// <summary>
/// The threads of one engine. The caller takes part in the work; jobs run one at a time.
/// Owned by the engine, called from one thread at a time; threads end on dispose.
/// </summary>
internal sealed unsafe class Workers : IDisposable
{
    // Between the kernels of one step the next job comes within microseconds: spinning that long is cheaper than sleeping.
    private const int SpinsBeforeSleep = 200;

    private readonly Thread[] _threads;
    private readonly Lock _gate = new();
    private readonly object _signal = new();
    private delegate*<void*, int, int, void> _run;
    private void* _job;
    private int _items, _grain, _next;
    private volatile int _generation;
    private volatile int _running;
    private volatile bool _stop;
    private volatile Exception? _failure;

    public Workers(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Count = threads;
        _threads = new Thread[threads - 1];
        for (var i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Loop) { IsBackground = true, Name = $"nemotron worker {i + 1}" };
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
            _run = &Invoke<TJob>;
            _job = Unsafe.AsPointer(ref job);
            _items = items;
            _grain = grain;
            _failure = null;
            Volatile.Write(ref _next, 0);
            _running = _threads.Length;
            NextGeneration();
            Exception? own = null;
            try
            {
                Work();
            }
            catch (Exception e)
            {
                own = e;
            }

            // The job lives on this stack frame: leave only when every thread has let go of it.
            var spin = new SpinWait();
            while (_running > 0) spin.SpinOnce(sleep1Threshold: -1);
            if ((own ?? _failure) is { } failure) throw new InvalidOperationException("a kernel failed: " + failure.Message, failure);
        }
    }

    public void Dispose()
    {
        _stop = true;
        NextGeneration();
        foreach (var thread in _threads) thread.Join();
    }

    private void NextGeneration()
    {
        lock (_signal)
        {
            _generation++;
            Monitor.PulseAll(_signal);
        }
    }

    private static void Invoke<TJob>(void* job, int begin, int end) where TJob : struct, IJob => Unsafe.AsRef<TJob>(job).Run(begin, end);

    private void Work()
    {
        for (; ; )
        {
            var begin = Interlocked.Add(ref _next, _grain) - _grain;
            if (begin >= _items) return;
            _run(_job, begin, Math.Min(begin + _grain, _items));
        }
    }

    private void Loop()
    {
        var seen = 0;
        for (; ; )
        {
            Await(seen);
            seen = _generation;
            if (_stop) return;
            try
            {
                Work();
            }
            catch (Exception e)
            {
                _failure = e;
            }

            Interlocked.Decrement(ref _running);
        }
    }

    private void Await(int seen)
    {
        for (var spins = 0; spins < SpinsBeforeSleep; spins++)
        {
            if (_generation != seen) return;
            Thread.SpinWait(20);
        }

        lock (_signal)
        {
            while (_generation == seen) Monitor.Wait(_signal);
        }
    }
}
