using System.Diagnostics;
using NemotronSharp.State;

namespace NemotronSharp.Cli.Benchmarks;

/// <summary>
/// Measures rows on an engine, with the same random ids in every run, each run from a copy of the same state. Rows take turns, so that what drifts over minutes
/// drifts for all of them, and the machine's limits are measured directly before and after each run. Disposing frees the states.
/// </summary>
/// <param name="engine">Is measured.</param>
/// <param name="meter">Measures the machine beside every run, with as many threads.</param>
/// <param name="threads">That number.</param>
/// <param name="cancellation">Heard between two steps.</param>
internal sealed class Benchmark(NemotronEngine engine, MachineMeter meter, int threads, CancellationToken cancellation) : IDisposable
{
    private const int FillStep = 512;

    private readonly float[] _logits = new float[engine.Config.VocabSize];
    private readonly List<SequenceState> _states = [];
    private readonly List<(BenchmarkRow Row, SequenceState State, Action<SequenceState[]> Run)> _rows = [];

    /// <summary>Adds prompts and decoding behind so many tokens, and decoding of several sequences together.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    public void Add(int depth, IEnumerable<int> prompts, int decode, IEnumerable<int> sequences)
    {
        var state = engine.NewSequence();
        _states.Add(state);
        var before = Ids(depth, seed: 1);
        for (var at = 0; at < depth; at += FillStep) Forward(state, before.AsSpan(at, Math.Min(FillStep, depth - at)));
        foreach (var prompt in prompts)
        {
            var ids = Ids(prompt, seed: 2);
            _rows.Add((new BenchmarkRow(true, prompt, depth, 1, threads, state.Bytes, []), state, copies => Forward(copies[0], ids)));
        }
        if (decode == 0) return;
        var following = Ids(decode, seed: 3);
        _rows.Add((new BenchmarkRow(false, decode, depth, 1, threads, state.Bytes, []), state, copies =>
        {
            for (var i = 0; i < following.Length; i++) Forward(copies[0], following.AsSpan(i, 1));
        }
        ));
        foreach (var count in sequences) _rows.Add((new BenchmarkRow(false, decode, depth, count, threads, state.Bytes, []), state, Together(count, decode)));
    }

    /// <summary>Measures every row as often as asked, behind one run that touches pages and compiles code.</summary>
    /// <param name="repetitions">Runs of each row.</param>
    /// <param name="progress">Hears of every run.</param>
    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    public List<BenchmarkRow> Run(int repetitions, Action<BenchmarkRow, BenchmarkRun> progress)
    {
        foreach (var row in _rows) Measure(row);
        for (var i = 0; i < repetitions; i++)
            foreach (var row in _rows)
            {
                var run = Measure(row);
                row.Row.Runs.Add(run);
                progress(row.Row, run);
            }
        return [.. _rows.Select(r => r.Row)];
    }

    public void Dispose() => _states.ForEach(state => state.Dispose());

    private BenchmarkRun Measure((BenchmarkRow Row, SequenceState State, Action<SequenceState[]> Run) row)
    {
        SequenceState[] copies = [.. Enumerable.Range(0, row.Row.Sequences).Select(_ => row.State.Clone())];
        var before = meter.Measure();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var start = Stopwatch.GetTimestamp();
        row.Run(copies);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        foreach (var copy in copies) copy.Dispose();
        double tokens = row.Row.Tokens * row.Row.Sequences;
        return new BenchmarkRun(tokens / seconds, MachineLimits.Mean(before, meter.Measure()), allocated / tokens);
    }

    // Each sequence has ids of its own: the same ones would go to the same experts.
    private Action<SequenceState[]> Together(int count, int decode)
    {
        int[][] ids = [.. Enumerable.Range(0, count).Select(s => Ids(decode, seed: 3 + s))];
        float[][] logits = [.. Enumerable.Range(0, count).Select(_ => new float[engine.Config.VocabSize])];
        var inputs = new SequenceInput[count];
        return copies =>
        {
            for (var i = 0; i < decode; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                for (var s = 0; s < count; s++) inputs[s] = new SequenceInput(copies[s], ids[s].AsMemory(i, 1), logits[s]);
                engine.Forward(inputs);
            }
        };
    }

    private void Forward(SequenceState state, ReadOnlySpan<int> ids)
    {
        cancellation.ThrowIfCancellationRequested();
        engine.Forward(state, ids, _logits);
    }

    private int[] Ids(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(engine.Config.VocabSize))];
    }
}
