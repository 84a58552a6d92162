namespace NemotronSharp.Training.Data.Tasks.Tools;

/// <summary>Puts a wish and its values into a sentence.</summary>
internal static class Sentence
{
    private static readonly string[] _orders = ["", "", "", "", "Please ", "please ", "I want to ", "I need to ", "I would like to ", "Help me ", "Hi, please ", "You should ", "Now ", "Let us ", "Time to "];

    // Keys that say nothing when spoken: what they mean is said instead.
    private static readonly HashSet<string> _vague = ["to", "from", "at", "when", "about", "for", "q", "a", "b", "x", "y", "input", "on date", "by", "start", "end"];

    private static readonly string[] _questions = ["Can you ", "Could you ", "Would you ", "Can you please "];

    /// <summary>The said values that no identity carries, as phrases: "in Oslo", "with priority high", "without insurance".</summary>
    public static List<string> Details(SeededRandom random, ToolSpec spec, string?[] values, int without = -1)
    {
        var (natural, named, flags) = (new List<string>(), new List<string>(), new List<string>());
        var used = new HashSet<string>();
        for (int i = 0; i < spec.Parameters.Count; i++)
        {
            var parameter = spec.Parameters[i];
            if (values[i] is not { } value || parameter.Identity || i == without) continue;
            if (parameter.Kind.IsFlag) flags.Add(value == "true" ? $"with {parameter.Spoken}" : $"without {parameter.Spoken}");
            else if (!parameter.Named && parameter.Kind.Phrases.Length > 0 && random.Chance(60)
                && random.Pick(parameter.Kind.Phrases) is var phrase && used.Add(phrase.Split(' ')[0]))
                natural.Add(string.Format(phrase, parameter.Kind.Say(value)));
            else named.Add($"with {Said(random, parameter)} {parameter.Kind.Say(value)}");
        }
        if (random.Chance(25)) random.Shuffle(natural);
        if (random.Chance(25)) random.Shuffle(named);
        // "with a 1, with b 2" reads better as "with a 1 and b 2".
        for (int i = 1; i < named.Count; i++)
            if (random.Chance(70)) named[i] = (i == named.Count - 1 ? "and " : ", ") + named[i][5..];
        return [.. natural, .. named, .. flags];
    }

    private static string Said(SeededRandom random, ToolParameter parameter) =>
        !parameter.Named && (_vague.Contains(parameter.Spoken) || random.Chance(8)) ? parameter.Kind.Noun : parameter.Spoken;

    /// <summary>A message that asks for the core with the details.</summary>
    public static string Whole(SeededRandom random, string core, List<string> details)
    {
        bool question = random.Chance(15);
        string start = question ? random.Pick(_questions) : random.Pick(_orders);
        string text = start + Join(core, details);
        if (random.Chance(90)) text = Words.Capital(text);
        string end = question ? "?" : random.Next(10) switch { < 7 => ".", 7 => "!", _ => "" };
        return text + end;
    }

    public static string Join(string core, IEnumerable<string> details) => string.Join(' ', details.Prepend(core)).Replace(" , ", ", ");

    /// <summary>Puts details before the end mark of a finished message.</summary>
    public static string Extend(string message, List<string> details)
    {
        if (details.Count == 0) return message;
        string end = message[^1] is '.' or '?' or '!' ? message[^1].ToString() : "";
        return Join(message[..^end.Length], details) + end;
    }
}
