namespace NemotronSharp.Cli.Evaluation;

/// <summary>One skill with thinking on or off.</summary>
/// <param name="Skill">Its name.</param>
/// <param name="Thinking">Whether the model may reason first.</param>
/// <param name="Score">Cases answered.</param>
/// <param name="Unread">Cases left out because their source is not there; then there is no verdict.</param>
internal sealed record SkillResult(string Skill, bool Thinking, Score Score, int Unread)
{
    public double? Aim => Aims.Of(Skill, Thinking);

    /// <summary>Null without an aim, or when cases are missing.</summary>
    public bool? Reached => Unread > 0 || Aim is null ? null : Score.Share >= Aim;

    /// <summary>A row for each skill and thinking mode, in the order of the aims.</summary>
    public static List<SkillResult> Of(IReadOnlyList<EvaluationCase> chosen, IReadOnlyList<CaseAnswer> answers)
    {
        var rows = new List<SkillResult>();
        foreach (var row in chosen.GroupBy(c => (c.Skill, c.Thinking)).OrderBy(g => Aims.Place(g.Key.Skill)).ThenBy(g => g.Key.Skill, StringComparer.Ordinal).ThenByDescending(g => g.Key.Thinking))
        {
            var score = new Score();
            foreach (var answer in answers.Where(a => (a.Case.Skill, a.Case.Thinking) == row.Key)) score.Add(answer.Right);
            rows.Add(new SkillResult(row.Key.Skill, row.Key.Thinking, score, row.Count() - score.Total));
        }
        return rows;
    }
}

/// <summary>Bits per UTF-8 byte of a source's held-out documents; null when the source is not there.</summary>
internal sealed record TextResult(string Source, RatioEstimate? Bits);

/// <summary>A share of drafts accepted.</summary>
internal sealed record DraftResult(string Name, RatioEstimate Accepted, double? Aim)
{
    /// <summary>Null without an aim.</summary>
    public bool? Reached => Aim is null ? null : Accepted.Value >= Aim;

    public static List<DraftResult> Of(IReadOnlyList<DraftAcceptance> answers) =>
    [
        new("first token", RatioEstimate.Of(answers.Select(a => ((double)a.First, (double)a.FirstOf))), Aims.FirstDraft),
        new("second token", RatioEstimate.Of(answers.Select(a => ((double)a.Second, (double)a.SecondOf))), Aims.SecondDraft),
        new("second token behind an accepted first", RatioEstimate.Of(answers.Select(a => ((double)a.Second, (double)a.SecondBehindFirst))), null),
    ];
}
