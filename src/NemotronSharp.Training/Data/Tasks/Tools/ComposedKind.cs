namespace NemotronSharp.Training.Data.Tasks.Tools;

/// <summary>A tool made of a verb and an object: "close ticket". There are thousands, so that only matching words tells which one a request means.</summary>
internal sealed class ComposedKind(Verb verb, Noun noun) : ToolKind
{
    public override string Object => noun.Names[0];

    public override string? Action => verb.Family;

    public override string Domain => noun.Domain;

    public Verb Verb => verb;

    public Noun Noun => noun;

    public override bool Belongs(Split split) => split.Purpose($"{verb.Names[0]} {noun.Names[0]}");

    /// <summary>Any kind on this side of the split; one object in sixteen does not exist.</summary>
    public static ComposedKind Draw(TaskContext context, IReadOnlyList<Verb>? verbs = null, Noun? noun = null)
    {
        for (int attempt = 0; ; attempt++)
        {
            // An object may have no verb on this side: then another is taken.
            var kind = new ComposedKind(context.Random.Pick(verbs ?? ToolWords.Verbs), attempt < 50 && noun is not null ? noun : AnyNoun(context.Random));
            if (kind.Belongs(context.Split)) return kind;
        }
    }

    protected override string NameWords(SeededRandom random)
    {
        string v = Common(random, verb.Names), n = Common(random, noun.Names);
        return random.Chance(10) ? $"{n} {v}" : $"{v} {n}";
    }

    protected override string Describe(SeededRandom random)
    {
        string v = Common(random, verb.Names), a = ToolWords.A(Common(random, noun.Names));
        return random.Next(10) switch
        {
            0 => $"Use this to {v} {a}.",
            1 => $"{Words.Capital(v)} {a} in the {Domain} system.",
            2 => $"Tool to {v} {a}.",
            3 => $"{Words.Capital(v)} {a}",
            4 => $"Lets you {v} {a}.",
            _ => $"{Words.Capital(v)} {a}.",
        };
    }

    protected override IReadOnlyList<ParameterDraft> Parameters(TaskContext context)
    {
        var random = context.Random;
        var drafts = new List<ParameterDraft>();
        if (random.Chance(verb.Makes ? 30 : 75)) drafts.Add(new ParameterDraft(random.Pick(ValueKinds.Identities), Identity: true));
        int required = drafts.Count + random.Pick(0, 0, 0, 1, 1, 1, 2), all = required + random.Pick(0, 0, 0, 0, 1);
        while (drafts.Count < Math.Min(all, 5))
        {
            var kind = random.Pick(ValueKinds.Details);
            if (drafts.All(d => d.Kind.Noun != kind.Noun)) drafts.Add(new ParameterDraft(kind, drafts.Count < Math.Min(required, 4)));
        }
        return drafts;
    }

    public override Wish Ask(TaskContext context, ToolSpec spec, string?[] values)
    {
        var (gist, core, details) = Parts(context.Random, spec, values, -1);
        return new Wish(gist, Sentence.Whole(context.Random, core, details));
    }

    /// <summary>The request as a part of a longer sentence.</summary>
    /// <param name="linked">The parameter whose value comes from an earlier result, or -1.</param>
    /// <param name="hint">How the sentence says so.</param>
    public (string Gist, string Text) Clause(SeededRandom random, ToolSpec spec, string?[] values, int linked = -1, string? hint = null)
    {
        var (gist, core, details) = Parts(random, spec, values, linked);
        if (hint is not null) core = $"{core} {hint}";
        return (gist, Sentence.Join(core, details));
    }

    private (string Gist, string Core, List<string> Details) Parts(SeededRandom random, ToolSpec spec, string?[] values, int linked)
    {
        string v = Common(random, verb.Names), n = Common(random, noun.Names);
        string gist = $"{v} {(verb.Makes ? ToolWords.A(n) : $"the {n}")}", core = gist;
        for (int i = 0; i < spec.Parameters.Count; i++)
            if (spec.Parameters[i] is { Identity: true } identity && values[i] is { } value)
                core = $"{v} {Identified(random, n, identity, value)}";
        return (gist, core, Sentence.Details(random, spec, values, linked));
    }

    public override ToolResult Reply(TaskContext context, string?[] values)
    {
        var random = context.Random;
        if (random.Chance(9)) return ToolResult.Error(random);
        if (verb.Reports)
            return random.Chance(15)
                ? ToolResult.Found(random, [.. Enumerable.Range(0, random.Between(1, 3)).Select(_ => Values.Title(context)).Distinct()])
                : ToolResult.Fields(random, ResultFields.Some(context));
        if (random.Chance(45)) return ToolResult.Done(random);
        return random.Chance(50)
            ? ToolResult.Fields(random, [(NameStyle.Snake(Object) + "_id", Values.Id(context))])
            : ToolResult.Fields(random, ResultFields.Some(context));
    }

    private static string Identified(SeededRandom random, string noun, ToolParameter parameter, string value)
    {
        value = parameter.Kind.Say(value);
        return random.Next(10) switch
        {
            < 4 => $"the {noun} {value}",
            < 6 => $"{noun} {value}",
            6 => $"the {noun} with {parameter.Spoken} {value}",
            7 => $"the {noun} named {value}",
            _ => $"the {noun} called {value}",
        };
    }

    private static Noun AnyNoun(SeededRandom random) =>
        random.Chance(6) ? new Noun(random.Pick(ToolWords.Domains), [Words.Invented(random)]) : random.Pick(ToolWords.Nouns);

    // The first word of a class stands for it most often.
    private static string Common(SeededRandom random, string[] names) => random.Chance(85) ? names[0] : random.Pick(names);
}
