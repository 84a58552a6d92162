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
    private sealed record Step(ToolSpec Tool, string Gist, string Phrase, string?[] Values, ToolResult Result, (string Key, string Value)? Link);

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
            var tool = Tool(context, ComposedKind.Draw(context), null);
            if (tool is null) continue;
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
        (string Key, ValueKind Kind, string Value)? link = null;
        Noun? found = null;
        while (steps.Count < length)
        {
            bool first = steps.Count == 0, last = steps.Count == length - 1;
            var kind = ComposedKind.Draw(context, last ? _actors : _finders, first || last || random.Chance(50) ? null : found);
            var taken = link;
            var tool = Tool(context, kind, taken is { } t ? new ParameterDraft(t.Kind, Key: random.Chance(55) ? t.Key : random.Pick(t.Kind.Keys)) : null, identified: first);
            if (tool is null) continue;
            string?[] values = tool.Draw(context);
            int linked = taken is null ? -1 : Linked(tool, taken.Value.Kind);
            if (linked >= 0) values[linked] = taken!.Value.Value;
            var (gist, phrase) = kind.Clause(random, tool, values, linked, taken is { } from ? random.Pick($"with its {NameStyle.Spoken(from.Key)}", $"with that {NameStyle.Spoken(from.Key)}", $"for it", $"using the {NameStyle.Spoken(from.Key)}") : null);
            if (last)
            {
                steps.Add(new Step(tool, gist, phrase, values, Success(context, tool, values), taken is { } l ? (l.Key, l.Value) : null));
                break;
            }
            found = kind.Noun;
            var next = NextLink(context, kind);
            steps.Add(new Step(tool, gist, phrase, values, Reported(context, next), taken is { } k ? (k.Key, k.Value) : null));
            link = next;
        }
        return steps;
    }

    private static (string Key, ValueKind Kind, string Value) NextLink(TaskContext context, ComposedKind kind)
    {
        var random = context.Random;
        if (random.Chance(50))
        {
            string id = NameStyle.Snake(kind.Object) + random.Pick("_id", "_id", "_number", "_code");
            if (random.Chance(25)) id = NameStyle.Camel(id);
            return (id, ValueKinds.Id with { Noun = NameStyle.Spoken(id), Keys = [id, id, NameStyle.Snake(kind.Object), "id"] }, Values.Id(context));
        }
        var (field, value) = random.Pick(_links);
        return (field, value, value.Draw(context));
    }

    // The linked field alone, or among others.
    private static ToolResult Reported(TaskContext context, (string Key, ValueKind Kind, string Value) link)
    {
        var fields = new List<(string, string)> { (link.Key, link.Value) };
        if (context.Random.Chance(45))
            foreach (var other in ResultFields.Some(context))
                if (fields.All(f => f.Item1 != other.Key)) fields.Add(other);
        context.Random.Shuffle(fields);
        return ToolResult.Fields(context.Random, fields);
    }

    private static ToolResult Success(TaskContext context, ToolSpec tool, string?[] values)
    {
        while (true)
            if (tool.Kind.Reply(context, values) is { Failed: false } result) return result;
    }

    private static int Linked(ToolSpec tool, ValueKind kind) => Enumerable.Range(0, tool.Parameters.Count).First(i => ReferenceEquals(tool.Parameters[i].Kind, kind));

    // A finder is told what to find; a tool that takes a link has no identity of its own.
    private static ToolSpec? Tool(TaskContext context, ComposedKind kind, ParameterDraft? link, bool identified = false) => kind.Make(context, drafts =>
    {
        if (link is not null) return [link, .. drafts.Where(d => !d.Identity && d.Kind.Noun != link.Kind.Noun).Take(2)];
        if (identified && !drafts.Any(d => d.Identity)) return [new ParameterDraft(context.Random.Pick(ValueKinds.Identities), Identity: true), .. drafts.Take(1)];
        return [.. drafts.Take(2)];
    });
}
