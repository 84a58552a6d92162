using System.Diagnostics;

namespace NemotronSharp.Cli.Benchmarks;

/// <summary>One measured row: a prompt of so many tokens, or so many tokens decoded one by one, behind <paramref name="Depth"/> others.</summary>
/// <param name="Prompt">Whether it is a prompt.</param>
/// <param name="Tokens">Tokens of a run.</param>
/// <param name="Depth">Tokens that the sequence has seen before.</param>
/// <param name="Rates">Tokens a second of each run, slowest first.</param>
internal sealed record BenchmarkRow(bool Prompt, int Tokens, int Depth, double[] Rates)
{
    public string Name => $"{(Prompt ? "pp" : "tg")}{Tokens}{(Depth > 0 ? $" @ d{Depth}" : "")}";

    public double Median => Rates[Rates.Length / 2];
}

/// <summary>Measures rows on an engine; every run goes on from a copy of the same state, with the same random ids.</summary>
internal sealed class Benchmark(NemotronEngine engine, int repetitions, CancellationToken cancellation)
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
                yield return new BenchmarkRow(true, prompt, depth, Rates(state, prompt, copy => Forward(copy, ids)));
            }
            if (decode == 0) continue;
            var following = Ids(decode, seed: 3);
            yield return new BenchmarkRow(false, decode, depth, Rates(state, decode, copy =>
            {
                for (var i = 0; i < following.Length; i++) Forward(copy, following.AsSpan(i, 1));
            }));
        }
    }

    private double[] Rates(State.SequenceState state, int tokens, Action<State.SequenceState> run)
    {
        // The first run touches pages and compiles code.
        var rates = new double[repetitions + 1];
        for (var i = 0; i < rates.Length; i++)
        {
            using var copy = state.Clone();
            var start = Stopwatch.GetTimestamp();
            run(copy);
            rates[i] = tokens / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        return [.. rates[1..].Order()];
    }

    private void Forward(State.SequenceState state, ReadOnlySpan<int> ids)
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
