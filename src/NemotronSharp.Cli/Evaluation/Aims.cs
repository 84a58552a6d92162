namespace NemotronSharp.Cli.Evaluation;

/// <summary>What pico is meant to reach. A skill's aim holds with thinking on; with thinking off its share is only reported.</summary>
internal static class Aims
{
    public const double FirstDraft = 0.80, SecondDraft = 0.60;

    /// <summary>Least share of right answers, in the order of the table.</summary>
    private static readonly (string Skill, double Share)[] _skills =
    [
        ("sum", 0.97),
        ("product", 0.95),
        ("word-problem", 0.85),
        ("tool-call", 0.92),
        ("no-tool", 0.97),
        ("multi-step", 0.85),
        ("copy", 0.95),
        ("lookup-4k", 0.95),
        ("lookup-16k", 0.85),
        ("json", 0.95),
        ("chat", 0.80),
        ("paragraph", 0.80),
    ];

    public static double? Of(string skill, bool thinking) => thinking && Place(skill) is var place && place < _skills.Length ? _skills[place].Share : null;

    /// <summary>Where a skill stands in the table; those without an aim come last.</summary>
    public static int Place(string skill) => Array.FindIndex(_skills, s => s.Skill == skill) is >= 0 and var place ? place : _skills.Length;
}
