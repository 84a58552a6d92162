namespace NemotronSharp.Cli.Evaluation;

/// <summary>Which part of the evaluation runs: all of it, or some skills, or only the first cases of each.</summary>
/// <param name="Skills">Names to run; empty: all.</param>
/// <param name="Limit">Most cases of a skill with thinking on and again with thinking off, and most texts of a source.</param>
internal sealed record CaseSelection(IReadOnlyList<string> Skills, int Limit)
{
    /// <summary>Names of the parts that are no skills.</summary>
    public const string BitsPerByte = "bits-per-byte", Mtp = "mtp";

    public bool IsWhole => Skills.Count == 0 && Limit == int.MaxValue;

    public bool Has(string name) => Skills.Count == 0 || Skills.Contains(name);

    /// <summary>The cases to answer, in file order.</summary>
    /// <exception cref="CommandException">A name is neither a skill of the cases nor another part.</exception>
    public List<EvaluationCase> Of(IReadOnlyList<EvaluationCase> cases)
    {
        string[] known = [.. cases.Select(c => c.Skill).Distinct(), BitsPerByte, Mtp];
        foreach (var name in Skills)
            if (!known.Contains(name)) throw new CommandException($"--skill: found {name}, expected one of {string.Join(", ", known)}");
        return FirstOfEach([.. cases.Where(c => Has(c.Skill))], Limit);
    }

    /// <summary>The first cases of each skill with thinking on, and again with thinking off.</summary>
    public static List<EvaluationCase> FirstOfEach(IReadOnlyList<EvaluationCase> cases, int count)
    {
        var taken = new Dictionary<(string, bool), int>();
        return [.. cases.Where(c => (taken[(c.Skill, c.Thinking)] = taken.GetValueOrDefault((c.Skill, c.Thinking)) + 1) <= count)];
    }
}
