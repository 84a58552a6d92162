using System.Diagnostics;
using NemotronSharp.State;

namespace NemotronSharp.Cli.Benchmarks;

/// <summary>Measures rows on an engine; every run goes on from a copy of the same state, with the same random ids.</summary>
/// <param name="engine">Is measured.</param>
/// <param name="meter">Measures the machine beside every run, with as many threads.</param>
/// <param name="threads">That number.</param>
/// <param name="repetitions">Runs of a row, behind one that warms up.</param>
/// <param name="cancellation">Heard between two steps.</param>
internal sealed class Benchmark(NemotronEngine engine, MachineMeter meter, int threads, int repetitions, CancellationToken cancellation)
{
    private const int FillStep = 512;

    private readonly float[] _logits = new float[engine.Config.VocabSize];

    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    public IEnumerable<BenchmarkRow> Run(IReadOnlyList<int> prompts, int decode, IReadOnlyList<int> depths)
    {
        foreach (var depth in depths)
        {
            using var state = engine.NewSequence();
            var before = Ids(depth, seed: 1);
            for (var at = 0; at < depth; at += FillStep) Forward(state, before.AsSpan(at, Math.Min(FillStep, depth - at)));
            foreach (var prompt in prompts)
            {
                var ids = Ids(prompt, seed: 2);
                yield return Measure(true, prompt, depth, state, copy => Forward(copy, ids));
            }
            if (decode == 0) continue;
            var following = Ids(decode, seed: 3);
            yield return Measure(false, decode, depth, state, copy =>
            {
                for (var i = 0; i < following.Length; i++) Forward(copy, following.AsSpan(i, 1));
            });
        }
    }

    private BenchmarkRow Measure(bool prompt, int tokens, int depth, SequenceState state, Action<SequenceState> run)
    {
        // The first run touches pages and compiles code.
        var runs = new BenchmarkRun[repetitions + 1];
        for (var i = 0; i < runs.Length; i++)
        {
            using var copy = state.Clone();
            var read = meter.ReadBytesPerSecond();
            var allocated = GC.GetTotalAllocatedBytes(precise: true);
            var start = Stopwatch.GetTimestamp();
            run(copy);
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            runs[i] = new BenchmarkRun(tokens / seconds, (read + meter.ReadBytesPerSecond()) / 2, (double)allocated / tokens);
        }
        return new BenchmarkRow(prompt, tokens, depth, threads, state.Bytes, [.. runs[1..].OrderBy(r => r.TokensPerSecond)]);
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
