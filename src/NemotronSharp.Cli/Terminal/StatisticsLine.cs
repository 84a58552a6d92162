using static System.FormattableString;

namespace NemotronSharp.Cli.Terminal;

/// <summary>What an answer took, in one line.</summary>
internal static class StatisticsLine
{
    public static string Of(ChatStatistics s) => Invariant(
        $"{s.PromptTokens} tokens read at {s.PromptTokensPerSecond:0} a second, {s.GeneratedTokens} written at {s.DecodeTokensPerSecond:0}, {Drafts(s)}");

    /// <summary>How drafting ahead went.</summary>
    public static string Drafts(ChatStatistics s) =>
        s.Speculation.Drafted == 0 ? "none drafted" : Invariant($"{s.Speculation.Accepted} of {s.Speculation.Drafted} drafts right in {s.Speculation.Steps} steps");
}
