using static System.FormattableString;

namespace NemotronSharp.Cli.Evaluation;

/// <summary>A line of the table, as a terminal and a model card show it.</summary>
internal sealed record ReportRow(string What, string Right, string Total, string Share, string Interval, string Aim, string Verdict)
{
    public static readonly string[] Columns = ["skill", "right", "of", "share", "95 % interval", "aim", "verdict"];

    private const string NeedsData = "needs --data", Reached = "reached", NotReached = "not reached", Reported = "reported";

    public string[] Cells => [What, Right, Total, Share, Interval, Aim, Verdict];

    public static List<ReportRow> All(EvaluationReport report) =>
        [.. report.Skills.Select(Row), .. report.Texts.Select(Row), .. report.Drafts.Select(Row), .. report.Pair is { } pair ? Rows(pair) : []];

    private static ReportRow Row(SkillResult result)
    {
        var name = $"{result.Skill}, thinking {(result.Thinking ? "on" : "off")}";
        if (result.Unread > 0) return new ReportRow(name, "", Invariant($"{result.Unread + result.Score.Total}"), "", "", Aimed(result.Aim), NeedsData);
        var (low, high) = result.Score.Interval();
        return new ReportRow(name, Invariant($"{result.Score.Right}"), Invariant($"{result.Score.Total}"), Percent(result.Score.Share), $"{Percent(low)} to {Percent(high)}", Aimed(result.Aim), Judge(result.Reached));
    }

    private static ReportRow Row(TextResult result)
    {
        var name = $"bits per byte, {result.Source}";
        if (result.Bits is not { } bits) return new ReportRow(name, "", "", "", "", "", NeedsData);
        var (low, high) = bits.Interval();
        return new ReportRow(name, "", Invariant($"{bits.Whole:N0} bytes of {bits.Texts}"), Invariant($"{bits.Value:0.000}"), double.IsNaN(low) ? "" : Invariant($"{low:0.000} to {high:0.000}"), "", Reported);
    }

    private static ReportRow Row(DraftResult result)
    {
        var (low, high) = result.Accepted.Interval();
        return new ReportRow(
            $"drafts accepted, {result.Name}", Invariant($"{result.Accepted.Part:0}"), Invariant($"{result.Accepted.Whole:0}"), Percent(result.Accepted.Value),
            double.IsNaN(low) ? "" : $"{Percent(Math.Max(0, low))} to {Percent(Math.Min(1, high))}", Aimed(result.Aim), Judge(result.Reached));
    }

    private static ReportRow[] Rows(ModelPair pair) =>
    [
        Row("hybrid", pair.Hybrid, "no worse", pair.HybridIsNoWorse ? Reached : NotReached),
        Row("transformer", pair.Transformer, "", Reported),
    ];

    private static ReportRow Row(string name, PairMember member, string aim, string verdict) => new(
        Invariant($"pair, bits per byte: {name} {member.Pattern}, {member.Parameters / 1e6:0.00} M parameters, {member.Tokens / 1e6:0.0} M tokens"), "", "", Invariant($"{member.BitsPerByte:0.000}"), "", aim, verdict);

    private static string Judge(bool? reached) => reached switch
    {
        true => Reached,
        false => NotReached,
        null => Reported,
    };

    private static string Aimed(double? aim) => aim is { } share ? Invariant($"{share:P0}") : "";

    private static string Percent(double share) => double.IsNaN(share) ? "" : Invariant($"{share:P1}");
}
