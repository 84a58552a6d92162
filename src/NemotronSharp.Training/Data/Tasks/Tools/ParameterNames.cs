namespace NemotronSharp.Training.Data.Tasks.Tools;

/// <summary>Gives the parameters of one tool their keys and descriptions.</summary>
internal static class ParameterNames
{
    private static readonly string[] _prefixes = ["target", "new", "main", "my", "user", "input", "selected", "given"];

    /// <summary>Null when two keys came out alike.</summary>
    public static IReadOnlyList<ToolParameter>? Draw(SeededRandom random, IReadOnlyList<ParameterDraft> drafts, string owner)
    {
        bool camel = random.Chance(15), described = random.Chance(60);
        var parameters = new List<ToolParameter>();
        foreach (var draft in drafts)
        {
            var (key, named) = Key(random, draft, owner);
            if (camel) key = NameStyle.Camel(key);
            string noun = draft.Kind.Noun;
            string? description = !described ? null : random.Next(4) switch
            {
                0 => Words.Capital(noun),
                1 => $"The {noun} to use.",
                _ => $"The {noun}.",
            };
            if (draft.Identity && description is not null && random.Chance(50)) description = $"Which {owner}.";
            parameters.Add(new ToolParameter(key, draft.Kind, description, draft.Required, draft.Identity, named));
        }
        return parameters.DistinctBy(p => p.Spoken).Count() == parameters.Count ? parameters : null;
    }

    private static (string Key, bool Named) Key(SeededRandom random, ParameterDraft draft, string owner)
    {
        if (draft.Key is not null) return (draft.Key, false);
        string key = random.Chance(45) ? draft.Kind.Keys[0] : random.Pick(draft.Kind.Keys);
        int roll = random.Next(100);
        if (draft.Kind.IsFlag || roll >= 25) return (key, false);
        if (draft.Identity) return (random.Chance(30) ? NameStyle.Snake(owner) : $"{NameStyle.Snake(owner)}_{key}", false);
        if (roll < 3) return (Words.Invented(random), true);
        return ($"{(random.Chance(50) ? NameStyle.Snake(owner) : random.Pick(_prefixes))}_{key}", false);
    }
}
