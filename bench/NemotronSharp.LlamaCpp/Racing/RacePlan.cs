namespace NemotronSharp.LlamaCpp;

/// <summary>One of the two that take turns.</summary>
/// <param name="Name">How tables call it.</param>
/// <param name="Model">Its model.</param>
/// <param name="Llama">Whether it is llama.cpp; otherwise this project's engine.</param>
internal sealed record Contestant(string Name, string Model, bool Llama);

/// <summary>A race.</summary>
/// <param name="First">The one whose ratio is asked for: this project's engine.</param>
/// <param name="Second">What it is held against.</param>
/// <param name="Rows">What is timed.</param>
/// <param name="Pairs">How often both are timed.</param>
/// <param name="Opens">How often both are started to time their first token.</param>
/// <param name="Threads">Threads of either.</param>
/// <param name="Activations">This project's engine's.</param>
/// <param name="OneAtATime">Whether whole processes take turns, where memory does not hold both.</param>
internal sealed record RacePlan(Contestant First, Contestant Second, IReadOnlyList<RaceRow> Rows, int Pairs, int Opens, int Threads, ActivationPrecision Activations, bool OneAtATime)
{
    /// <summary>Depths to fill sequences to.</summary>
    public IReadOnlyList<int> Depths => [.. Rows.Select(r => r.Depth).Where(d => d > 0).Distinct().Order()];

    /// <summary>Room that a sequence needs.</summary>
    public int ContextTokens => Math.Max(SessionCommand.FirstPrompt, Rows.Select(r => r.Depth + r.Tokens).DefaultIfEmpty(0).Max());
}

/// <summary>Both on one row, pair by pair.</summary>
/// <param name="Row">What was timed.</param>
/// <param name="First">Tokens a second.</param>
/// <param name="Second">Tokens a second.</param>
/// <param name="Limits">What the machine could do beside each of the first's runs.</param>
internal sealed record RowResult(RaceRow Row, List<double> First, List<double> Second, List<MachineLimits> Limits)
{
    /// <summary>The first's speed over the second's, pair by pair.</summary>
    public double[] Ratios => PairedRatios.Of(First, Second);
}

/// <summary>What a race gave.</summary>
/// <param name="FirstOpen">Seconds from the start of the process to the first token's logits.</param>
/// <param name="SecondOpen">The same.</param>
/// <param name="Rows">In the plan's order.</param>
internal sealed record RaceResult(List<double> FirstOpen, List<double> SecondOpen, IReadOnlyList<RowResult> Rows)
{
    /// <summary>What a token costs the first.</summary>
    public TokenCost? FirstCost { get; set; }

    /// <summary>The same of the second, where it is this project's engine.</summary>
    public TokenCost? SecondCost { get; set; }

    /// <summary>Memory of the processes at their ends.</summary>
    public ProcessMemory? FirstMemory { get; set; }

    /// <summary>The same of the second.</summary>
    public ProcessMemory? SecondMemory { get; set; }

    /// <summary>The largest share of a processor that the one waiting took while the other was timed.</summary>
    public double LargestIdleShare { get; set; }
}
