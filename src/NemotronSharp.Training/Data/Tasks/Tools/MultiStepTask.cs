using System.Text.Json.Nodes;

namespace NemotronSharp.Training.Data.Tasks.Tools;

/// <summary>
/// A request that needs two or three calls: what the first returns is an argument of the next ("Find the customer Anna Berg and send her an invoice"),
/// or the calls stand side by side ("Close ticket 7 and then open door 3").
/// </summary>
internal static class MultiStepTask
{
    private static readonly Verb[] _finders = [.. ToolWords.Verbs.Where(v => v.Reports)];

    private static readonly Verb[] _actors = [.. ToolWords.Verbs.Where(v => !v.Reports)];

    // What a finder may report that another tool takes: the result's key, and the parameter that takes it.
    private static readonly (string Field, ValueKind Kind)[] _links =
    [
        ("email", ValueKinds.Mail), ("address", ValueKinds.Address), ("phone", ValueKinds.Phone), ("city", ValueKinds.City), ("date", ValueKinds.Date), ("price", ValueKinds.Price), ("room", ValueKinds.Room),
        ("code", ValueKinds.Code), ("link", ValueKinds.Site), ("owner", ValueKinds.Owner), ("author", ValueKinds.Author), ("time", ValueKinds.Time), ("file", ValueKinds.FilePath), ("number", ValueKinds.Id),
        ("language", ValueKinds.Language), ("title", ValueKinds.Title), ("total", ValueKinds.Amount), ("count", ValueKinds.Count), ("color", ValueKinds.Color),
    ];

    public static Conversation Make(TaskContext context)
    {
        var random = context.Random;
        var conversation = new Conversation("multi-step", context.Thinks());
        conversation.System(context.System());
        List<Step> steps;
        do steps = random.Chance(22) ? SideBySide(context) : Chain(context, random.Chance(22) ? 3 : 2);
        while (Ambiguous(steps));

        conversation.Tools = [.. Offer.Surround(context, steps.Select(s => s.Tool), Math.Max(steps.Count, random.Between(2, 6))).Select(t => t.ToJson())];
        conversation.User(Request(random, steps));
        for (int i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            string wanted = i == 0 ? $"First {step.Gist}" : step.Link is { } link ? $"The {link.Key} is {link.Value}. Next {step.Gist}" : $"Next {step.Gist}";
            var arguments = step.Tool.Arguments(step.Values);
            conversation.Call(step.Tool.Reason(wanted, step.Values), step.Tool.Name, arguments, Expectation.Calls(step.Tool.Name, arguments));
            conversation.Tool(step.Result.Response);
        }
        var last = steps[^1].Result;
        return conversation.Assistant("All steps are done.", last.Answer, Expectation.Says([.. last.Shown]));
    }

    /// <summary>One call, with the words that ask for it.</summary>
    /// <param name="Link">The field of the result before it that it takes.</param>
    private sealed record Step(ToolSpec Tool, string Gist, string Phrase, string?[] Values, ToolResult Result, Link? Link);

    private static bool Ambiguous(List<Step> steps)
    {
        for (int i = 0; i < steps.Count; i++)
            for (int j = 0; j < i; j++)
                if (steps[i].Tool.Name == steps[j].Tool.Name || steps[i].Tool.Kind.Clashes(steps[j].Tool.Kind)) return true;
        return false;
    }

    private static string Request(SeededRandom random, List<Step> steps)
    {
        var phrases = steps.Select(s => s.Phrase).ToArray();
        string text = phrases[0];
        for (int i = 1; i < phrases.Length; i++)
            text += (i < phrases.Length - 1 ? random.Pick(", then ", ", ", ", next ") : random.Pick(" and ", " and then ", ", then ", ", and then ", ". Then ")) + phrases[i];
        string start = random.Pick("", "", "", "Please ", "First ", "Can you ", "I want you to ", "I need you to ");
        return Words.Capital(start + text) + (start == "Can you " ? "?" : ".");
    }

    private static List<Step> SideBySide(TaskContext context)
    {
        var steps = new List<Step>();
        while (steps.Count < 2)
        {
            if (ComposedKind.Draw(context).Make(context, drafts => [.. drafts.Take(2)]) is not { } tool) continue;
            string?[] values = tool.Draw(context);
            var (gist, phrase) = ((ComposedKind)tool.Kind).Clause(context.Random, tool, values);
            steps.Add(new Step(tool, gist, phrase, values, Success(context, tool, values), null));
        }
        return steps;
    }

    private static List<Step> Chain(TaskContext context, int length)
    {
        var random = context.Random;
        var steps = new List<Step>();
        Link? link = null;
        Noun? found = null;
        while (steps.Count < length)
        {
            bool last = steps.Count == length - 1;
            // The middle of three looks at the same object again, or at another.
            var kind = ComposedKind.Draw(context, last ? _actors : _finders, last || random.Chance(50) ? null : found);
            if (Tool(context, kind, link) is not { } tool) continue;
            string?[] values = tool.Draw(context);
            int linked = link is null ? -1 : Enumerable.Range(0, tool.Parameters.Count).First(i => ReferenceEquals(tool.Parameters[i].Kind, link.Kind));
            if (link is not null) values[linked] = link.Value;
            var (gist, phrase) = kind.Clause(random, tool, values, linked, link?.Hint(random));
            var next = last ? null : NextLink(context, kind);
            steps.Add(new Step(tool, gist, phrase, values, next is null ? Success(context, tool, values) : Reported(context, next), link));
            (link, found) = (next, kind.Noun);
        }
        return steps;
    }

    private static Link NextLink(TaskContext context, ComposedKind kind)
    {
        var random = context.Random;
        if (random.Chance(50))
        {
            string id = NameStyle.Snake(kind.Object) + random.Pick("_id", "_id", "_number", "_code");
            if (random.Chance(25)) id = NameStyle.Camel(id);
            return new Link(id, ValueKinds.Id with { Noun = NameStyle.Spoken(id), Keys = [id, id, NameStyle.Snake(kind.Object), "id"] }, Values.Id(context));
        }
        var (field, value) = random.Pick(_links);
        return new Link(field, value, value.Draw(context));
    }

    // The linked field alone, or among others.
    private static ToolResult Reported(TaskContext context, Link link)
    {
        var fields = new List<(string, string)> { (link.Key, link.Value) };
        if (context.Random.Chance(45)) fields.AddRange(ResultFields.Some(context).Where(f => f.Key != link.Key));
        context.Random.Shuffle(fields);
        return ToolResult.Fields(context.Random, fields);
    }

    private static ToolResult Success(TaskContext context, ToolSpec tool, string?[] values)
    {
        while (true)
            if (tool.Kind.Reply(context, values) is { Failed: false } result) return result;
    }

    // The first tool is told what to find; a tool that takes a link has no identity of its own.
    private static ToolSpec? Tool(TaskContext context, ComposedKind kind, Link? link) => kind.Make(context, drafts =>
    {
        if (link is not null)
            return [new ParameterDraft(link.Kind, Key: context.Random.Chance(55) ? link.Key : context.Random.Pick(link.Kind.Keys)), .. drafts.Where(d => !d.Identity && d.Kind.Noun != link.Kind.Noun).Take(2)];
        return drafts.Any(d => d.Identity) ? [.. drafts.Take(2)] : [new ParameterDraft(context.Random.Pick(ValueKinds.Identities), Identity: true), .. drafts.Take(1)];
    });

    /// <summary>A field of one result that the next call takes.</summary>
    private sealed record Link(string Key, ValueKind Kind, string Value)
    {
        /// <summary>The words for it in the request.</summary>
        public string Hint(SeededRandom random)
        {
            string spoken = NameStyle.Spoken(Key);
            return random.Pick($"with its {spoken}", $"with that {spoken}", "for it", $"using the {spoken}");
        }
    }
}
