namespace NemotronSharp.Training.Data.Tasks.Tools;

/// <summary>Draws the tools that stand in one prompt.</summary>
internal static class Offer
{
    /// <summary>A tool on this side of the split: three in four are composed.</summary>
    public static ToolSpec Any(TaskContext context)
    {
        while (true)
            if ((context.Random.Chance(72) ? ComposedKind.Draw(context) : context.Random.Pick<ToolKind>(WrittenKinds.All)).Make(context) is { } spec) return spec;
    }

    /// <summary>The tools with others around them up to the count, in random order; some others share a word with one of them.</summary>
    public static List<ToolSpec> Surround(TaskContext context, IEnumerable<ToolSpec> tools, int count, ToolKind? absent = null)
    {
        var random = context.Random;
        var offered = tools.ToList();
        var likened = offered.Select(t => t.Kind).Append(absent).OfType<ComposedKind>().ToList();
        while (offered.Count < count)
        {
            var other = likened.Count > 0 && random.Chance(40) ? Like(context, random.Pick(likened)) : Any(context);
            if (other is null || absent is not null && other.Kind.Clashes(absent)) continue;
            if (offered.All(o => o.Name != other.Name && !o.Kind.Clashes(other.Kind))) offered.Add(other);
        }
        random.Shuffle(offered);
        return offered;
    }

    // The same object with another verb, or the same verb with another object.
    private static ToolSpec? Like(TaskContext context, ComposedKind kind)
    {
        bool sameNoun = context.Random.Chance(50);
        // An invented verb-object pair may lie wholly on the other side; a handful of draws is enough to know.
        for (int attempt = 0; attempt < 8; attempt++)
        {
            var like = sameNoun ? new ComposedKind(context.Random.Pick(ToolWords.Verbs), kind.Noun) : new ComposedKind(kind.Verb, context.Random.Pick(ToolWords.Nouns));
            if (like.Belongs(context.Split) && like.Make(context) is { } spec) return spec;
        }
        return null;
    }
}
