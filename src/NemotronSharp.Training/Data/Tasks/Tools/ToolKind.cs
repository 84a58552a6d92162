namespace NemotronSharp.Training.Data.Tasks.Tools;

/// <summary>What a user wants of a tool.</summary>
/// <param name="Gist">The wish in the fewest words, such as "close the ticket".</param>
/// <param name="Text">The whole message.</param>
internal sealed record Wish(string Gist, string Text);

/// <summary>A kind of tool: how it is named and described, what it takes, how it is asked for and what it answers.</summary>
internal abstract class ToolKind
{
    private const int Attempts = 40;

    // People use these for each other.
    private static readonly HashSet<(string, string)> _close =
        [("look", "open"), ("remove", "stop"), ("send", "publish"), ("make", "book"), ("make", "plan"), ("make", "copy"), ("change", "fix"), ("stop", "close"), ("start", "open"), ("book", "pay"), ("archive", "upload")];

    private static readonly string[] _nameEnds = ["tool", "api", "now", "v2", "action", "service", "request"];

    /// <summary>What it acts on; two tools for the same object are told apart by what they do alone.</summary>
    public abstract string Object { get; }

    /// <summary>What it does, as a class of like verbs; null when its requests may use any words, so that no other tool for the object may stand beside it.</summary>
    public abstract string? Action { get; }

    /// <summary>A field that names may begin with.</summary>
    public abstract string Domain { get; }

    /// <summary>Whether the kind itself may be drawn on this side of the split.</summary>
    public virtual bool Belongs(Split split) => true;

    /// <summary>Whether a request for one could be taken for a request for the other.</summary>
    public bool Clashes(ToolKind other) => Object == other.Object
        && (Action is not { } mine || other.Action is not { } others || mine == others || _close.Contains((mine, others)) || _close.Contains((others, mine)));

    /// <summary>Words of a name, such as "close ticket".</summary>
    protected abstract string NameWords(SeededRandom random);

    protected abstract string Describe(SeededRandom random);

    /// <summary>The parameters before they are named, in order.</summary>
    protected abstract IReadOnlyList<ParameterDraft> Parameters(TaskContext context);

    /// <summary>A request; null values are not said.</summary>
    public abstract Wish Ask(TaskContext context, ToolSpec spec, string?[] values);

    /// <summary>The tool's response to a call and the answer that puts it into words.</summary>
    public abstract ToolResult Reply(TaskContext context, string?[] values);

    /// <summary>A concrete tool of this kind whose name and keys lie on this side of the split; null when it has none.</summary>
    public ToolSpec? Make(TaskContext context, Func<IReadOnlyList<ParameterDraft>, IReadOnlyList<ParameterDraft>>? change = null)
    {
        var random = context.Random;
        string? name = null;
        for (int attempt = 0; name is null && attempt < Attempts; attempt++)
            if (Name(random) is var drawn && context.Split.Function(drawn)) name = drawn;
        if (name is null) return null;

        var drafts = Parameters(context);
        if (change is not null) drafts = change(drafts);
        for (int attempt = 0; attempt < Attempts; attempt++)
            if (ParameterNames.Draw(random, drafts, Object) is { } parameters && context.Split.Schema(parameters.Select(p => p.Key)))
                return new ToolSpec(this, name, Describe(random), parameters);
        return null;
    }

    private string Name(SeededRandom random)
    {
        string words = NameWords(random);
        if (random.Chance(8)) words = $"{Domain} {words}";
        if (random.Chance(4)) words = $"{words} {random.Pick(_nameEnds)}";
        return NameStyle.Function(random, words);
    }
}

/// <summary>A parameter that has no key yet.</summary>
/// <param name="Key">The key it must have, when it is given.</param>
internal sealed record ParameterDraft(ValueKind Kind, bool Required = true, bool Identity = false, string? Key = null);
