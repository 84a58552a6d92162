using System.Text.RegularExpressions;

namespace NemotronSharp.Training.Data.Tasks.Tools;

/// <summary>An everyday tool whose requests are written by hand, because people do not ask for it in its own words.</summary>
/// <param name="subject">What it is about; tools of one subject never stand together.</param>
/// <param name="domain">A field that names may begin with.</param>
/// <param name="gist">The wish in the fewest words.</param>
/// <param name="names">Names as words.</param>
/// <param name="descriptions">Texts that may describe it.</param>
/// <param name="takes">What every request says.</param>
/// <param name="requests">Messages with {0}, {1}, … for the values.</param>
/// <param name="fields">Fields of the response; none: it only says that it worked.</param>
/// <param name="answer">The answer, with {0} for values and {field} for fields; null: the response is a list of the first field's values.</param>
internal sealed partial class WrittenKind(
    string subject, string domain, string gist, string[] names, string[] descriptions, ValueKind[] takes, string[] requests, (string Key, ResultDraw Draw)[] fields, string? answer) : ToolKind
{
    public override string Object => subject;

    public override string? Action => null;

    public override string Domain => domain;

    protected override string NameWords(SeededRandom random) => random.Pick(names);

    protected override string Describe(SeededRandom random) => random.Pick(descriptions);

    protected override IReadOnlyList<ParameterDraft> Parameters(TaskContext context)
    {
        var random = context.Random;
        var drafts = takes.Select(kind => new ParameterDraft(kind)).ToList();
        for (int extra = random.Pick(0, 0, 0, 0, 0, 0, 1); extra > 0; extra--)
        {
            var kind = random.Pick(ValueKinds.Details);
            if (drafts.All(d => d.Kind.Noun != kind.Noun)) drafts.Add(new ParameterDraft(kind, random.Chance(30)));
        }
        return drafts;
    }

    public override Wish Ask(TaskContext context, ToolSpec spec, string?[] values)
    {
        var random = context.Random;
        string form = random.Pick(requests);
        string?[] extras = [.. values.Select((v, i) => i < takes.Length ? null : v)];
        // After a colon at the end nobody needs quotes.
        bool plain = LastAfterColon().IsMatch(form) && extras.All(e => e is null) && random.Chance(60);
        string text = Fill(form, i => plain && form.EndsWith($": {{{i}}}", StringComparison.Ordinal) ? values[i]! : spec.Parameters[i].Kind.Say(values[i]!));
        if (random.Chance(15)) text = char.ToLowerInvariant(text[0]) + text[1..];
        else if (random.Chance(12)) text = random.Pick("Hi! ", "Hello! ", "OK. ", "Thanks. ", "Now: ") + text;
        return new Wish(gist, Sentence.Extend(text, Sentence.Details(random, spec, extras)));
    }

    public override ToolResult Reply(TaskContext context, string?[] values)
    {
        var random = context.Random;
        if (random.Chance(9)) return ToolResult.Error(random);
        if (fields.Length == 0) return ToolResult.Done(random);
        if (answer is null) return ToolResult.Found(random, [.. Enumerable.Range(0, random.Between(1, 3)).Select(_ => fields[0].Draw(context, values)).Distinct()]);
        var drawn = fields.Select(f => (f.Key, Value: f.Draw(context, values))).ToArray();
        string said = Fill(answer, i => values[i]!);
        foreach (var (key, value) in drawn) said = said.Replace($"{{{key}}}", value);
        return ToolResult.Fields(random, drawn, said);
    }

    private static string Fill(string text, Func<int, string> value) => Place().Replace(text, match => value(int.Parse(match.Groups[1].Value)));

    [GeneratedRegex(@": \{\d\}$")]
    private static partial Regex LastAfterColon();

    [GeneratedRegex(@"\{(\d)\}")]
    private static partial Regex Place();
}

/// <summary>Draws a field of a response to a call with these values.</summary>
internal delegate string ResultDraw(TaskContext context, string?[] values);
