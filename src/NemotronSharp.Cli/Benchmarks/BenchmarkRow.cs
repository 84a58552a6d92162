namespace NemotronSharp.Cli.Benchmarks;

/// <summary>One timed run.</summary>
/// <param name="TokensPerSecond">Of all sequences together.</param>
/// <param name="Limits">What the machine could do directly before and directly after it, the mean.</param>
/// <param name="AllocatedBytesPerToken">Managed memory allocated in its course.</param>
internal sealed record BenchmarkRun(double TokensPerSecond, MachineLimits Limits, double AllocatedBytesPerToken);

/// <summary>One measured row: a prompt of so many tokens, or so many tokens decoded one by one, behind <paramref name="Depth"/> others.</summary>
/// <param name="Prompt">Whether it is a prompt.</param>
/// <param name="Tokens">Tokens of a run, of one sequence.</param>
/// <param name="Depth">Tokens that the sequence has seen before.</param>
/// <param name="Sequences">Sequences that take each step together.</param>
/// <param name="Threads">Threads that computed.</param>
/// <param name="SequenceBytes">Memory of a sequence at this depth.</param>
/// <param name="Runs">The runs in their order.</param>
internal sealed record BenchmarkRow(bool Prompt, int Tokens, int Depth, int Sequences, int Threads, long SequenceBytes, List<BenchmarkRun> Runs)
{
    public string Name => $"{(Prompt ? "pp" : "tg")}{Tokens}{(Sequences > 1 ? $" x{Sequences}" : "")}{(Depth > 0 ? $" @ d{Depth}" : "")}";

    public double Median => MiddleOf(r => r.TokensPerSecond);

    /// <summary>Tokens before the one in the middle of a run.</summary>
    public int MiddleDepth => Depth + Tokens / 2;

    /// <summary>Bytes a second that decoding moved; null where weights are read once for many tokens: in prompts and for several sequences.</summary>
    public double? BytesPerSecond(TokenCost cost) => Prompt || Sequences > 1 ? null : Median * cost.DecodeBytes(MiddleDepth);

    /// <summary>The median of the runs' shares of the bandwidth measured beside each of them.</summary>
    public double? ShareOfRead(TokenCost cost) =>
        Prompt || Sequences > 1 ? null : MiddleOf(r => r.TokensPerSecond * cost.DecodeBytes(MiddleDepth) / r.Limits.ReadBytesPerSecond);

    /// <summary>Useful operations a second: the products' multiplications and additions.</summary>
    public double OpsPerSecond(TokenCost cost) => Median * (Prompt ? cost.PromptOps : cost.DecodeOps);

    /// <summary>The median of the runs' shares of the peaks measured beside each of them, see <see cref="TokenCost.PromptSecondsAtPeak"/>; null for decoding, which memory bounds.</summary>
    public double? ShareOfPeak(TokenCost cost, bool passes) => Prompt ? MiddleOf(r => r.TokensPerSecond * cost.PromptSecondsAtPeak(r.Limits, passes)) : null;

    /// <summary>The median of the ratios to another row's runs, each made shortly before or after.</summary>
    public double RatioTo(BenchmarkRow other) => Runs.Zip(other.Runs, (a, b) => a.TokensPerSecond / b.TokensPerSecond).Order().ElementAt(Runs.Count / 2);

    private double MiddleOf(Func<BenchmarkRun, double> value) => Runs.Select(value).Order().ElementAt(Runs.Count / 2);
}
