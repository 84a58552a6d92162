namespace NemotronSharp.LlamaCpp;

/// <summary>What is timed: a prompt of so many random tokens, or so many decoded one by one, behind others.</summary>
/// <param name="Prompt">Whether it is a prompt.</param>
/// <param name="Tokens">Its tokens.</param>
/// <param name="Depth">Tokens that the sequence has seen before.</param>
internal sealed record RaceRow(bool Prompt, int Tokens, int Depth)
{
    public string Name => $"{(Prompt ? "pp" : "tg")}{Tokens}{(Depth > 0 ? $" @ d{Depth}" : "")}";

    /// <summary>Prompts begin a sequence; decoding is measured at every depth.</summary>
    public static IReadOnlyList<RaceRow> Of(IEnumerable<int> prompts, int decode, IEnumerable<int> depths) =>
    [
        .. prompts.Where(p => p > 0).Distinct().Select(p => new RaceRow(true, p, 0)),
        .. decode > 0 ? depths.Distinct().Order().Select(d => new RaceRow(false, decode, d)) : [],
    ];
}
