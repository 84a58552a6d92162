namespace NemotronSharp.Text.Templates;

/// <summary>The methods of Python's str that templates call. Upper and lower case map one character to one (ß stays ß).</summary>
internal static class StringMethods
{
    private static readonly Dictionary<string, Func<RenderContext, PromptText, Arguments, Value>> Methods = new()
    {
        ["strip"] = (context, text, arguments) => Strip(context, text, arguments, "strip", true, true),
        ["lstrip"] = (context, text, arguments) => Strip(context, text, arguments, "lstrip", true, false),
        ["rstrip"] = (context, text, arguments) => Strip(context, text, arguments, "rstrip", false, true),
        ["split"] = (context, text, arguments) => Split(context, text, arguments, fromRight: false),
        ["rsplit"] = (context, text, arguments) => Split(context, text, arguments, fromRight: true),
        ["splitlines"] = SplitLines,
        ["partition"] = (context, text, arguments) => Partition(context, text, arguments, fromRight: false),
        ["rpartition"] = (context, text, arguments) => Partition(context, text, arguments, fromRight: true),
        ["replace"] = Replace,
        ["join"] = Join,
        ["startswith"] = (context, text, arguments) => Starts(context, text, arguments, "startswith", (whole, part) => whole.StartsWith(part, StringComparison.Ordinal)),
        ["endswith"] = (context, text, arguments) => Starts(context, text, arguments, "endswith", (whole, part) => whole.EndsWith(part, StringComparison.Ordinal)),
        ["removeprefix"] = RemovePrefix,
        ["removesuffix"] = RemoveSuffix,
        ["find"] = (context, text, arguments) => Find(context, text, arguments, "find", text.Value.IndexOf),
        ["rfind"] = (context, text, arguments) => Find(context, text, arguments, "rfind", text.Value.LastIndexOf),
        ["count"] = Count,
        ["upper"] = NoArguments("upper", Upper),
        ["lower"] = NoArguments("lower", Lower),
        ["title"] = NoArguments("title", Title),
        ["capitalize"] = NoArguments("capitalize", Capitalize),
        ["isdigit"] = NoArguments("isdigit", (context, text) => All(context, text, char.IsDigit)),
        ["isalpha"] = NoArguments("isalpha", (context, text) => All(context, text, char.IsLetter)),
        ["isalnum"] = NoArguments("isalnum", (context, text) => All(context, text, char.IsLetterOrDigit)),
        ["isspace"] = NoArguments("isspace", (context, text) => All(context, text, PythonText.IsWhitespace)),
        ["isupper"] = NoArguments("isupper", (context, text) => BoolValue.Of(Scan(context, text).Any(char.IsUpper) && !text.Value.Any(char.IsLower))),
        ["islower"] = NoArguments("islower", (context, text) => BoolValue.Of(Scan(context, text).Any(char.IsLower) && !text.Value.Any(char.IsUpper))),
    };

    public static Func<RenderContext, PromptText, Arguments, Value>? Find(string name) => Methods.GetValueOrDefault(name);

    public static StringValue Upper(RenderContext context, PromptText text) => WithCase(context, text, text.Value.ToUpperInvariant());

    public static StringValue Lower(RenderContext context, PromptText text) => WithCase(context, text, text.Value.ToLowerInvariant());

    public static StringValue Capitalize(RenderContext context, PromptText text) =>
        text.Length == 0 ? StringValue.Empty : WithCase(context, text, text.Value[..1].ToUpperInvariant() + text.Value[1..].ToLowerInvariant());

    /// <summary>Each letter after a non-letter in upper case, the others in lower case.</summary>
    public static StringValue Title(RenderContext context, PromptText text) => WithCase(context, text, string.Create(text.Length, text.Value, (span, value) =>
    {
        for (var i = 0; i < span.Length; i++)
            span[i] = i > 0 && char.IsLetter(value[i - 1]) ? char.ToLowerInvariant(value[i]) : char.ToUpperInvariant(value[i]);
    }));

    public static StringValue Join(RenderContext context, PromptText separator, IReadOnlyList<PromptText> pieces)
    {
        var result = new PromptTextBuilder();
        for (var i = 0; i < pieces.Count; i++)
        {
            context.Write(pieces[i].Length + (i > 0 ? separator.Length : 0));
            if (i > 0) result.Append(separator);
            result.Append(pieces[i]);
            PythonText.CheckLength(context, result);
        }
        return new StringValue(result.ToPromptText());
    }

    private static StringValue WithCase(RenderContext context, PromptText text, string characters)
    {
        context.Write(text.Length);
        return new StringValue(PythonText.WithCharacters(text, characters));
    }

    private static Func<RenderContext, PromptText, Arguments, Value> NoArguments(string name, Func<RenderContext, PromptText, Value> method) =>
        (context, text, arguments) =>
        {
            arguments.Bind(context, name, 0);
            return method(context, text);
        };

    private static BoolValue All(RenderContext context, PromptText text, Func<char, bool> holds) => BoolValue.Of(text.Length > 0 && Scan(context, text).All(holds));

    private static string Scan(RenderContext context, PromptText text)
    {
        // A delegate call for every character, where other scans are vectorised.
        context.Step(text.Length / 16);
        return text.Value;
    }

    private static StringValue Strip(RenderContext context, PromptText text, Arguments arguments, string name, bool left, bool right)
    {
        var characters = arguments.Bind(context, name, 0, "chars")[0];
        context.Write(text.Length);
        return new StringValue(PythonText.Strip(text, characters is null or NoneValue ? null : Arguments.Text(context, name, characters).Value, left, right));
    }

    private static ListValue Split(RenderContext context, PromptText text, Arguments arguments, bool fromRight)
    {
        var name = fromRight ? "rsplit" : "split";
        var bound = arguments.Bind(context, name, 0, "sep", "maxsplit");
        var limit = bound[1] is null ? -1 : Arguments.Int(context, name, bound[1]!);
        if (bound[0] is null or NoneValue)
        {
            if (fromRight && limit >= 0) throw context.Error("rsplit was given a maxsplit without a separator, which is not supported");
            return new ListValue(PythonText.SplitOnWhitespace(context, text, limit));
        }
        var separator = Arguments.Text(context, name, bound[0]!).Value;
        if (separator.Length == 0) throw context.Error($"{name} was given an empty separator");
        return new ListValue(fromRight ? PythonText.SplitFromRight(context, text, separator, limit) : PythonText.Split(context, text, separator, limit));
    }

    private static ListValue SplitLines(RenderContext context, PromptText text, Arguments arguments)
    {
        var keepEnds = arguments.Bind(context, "splitlines", 0, "keepends")[0] is { } keep && ValueComparer.IsTrue(keep);
        context.Write(text.Length);
        return new ListValue([.. PythonText.SplitLines(context, text, keepEnds).Select(line => new StringValue(line))]);
    }

    private static ListValue Partition(RenderContext context, PromptText text, Arguments arguments, bool fromRight)
    {
        var name = fromRight ? "rpartition" : "partition";
        var separator = Arguments.Text(context, name, arguments.Bind(context, name, 1, "sep")[0]!).Value;
        if (separator.Length == 0) throw context.Error($"{name} was given an empty separator");
        context.Search(text.Length, separator.Length);
        context.Write(text.Length);
        var at = fromRight ? text.Value.LastIndexOf(separator, StringComparison.Ordinal) : text.Value.IndexOf(separator, StringComparison.Ordinal);
        PromptText[] parts = at < 0
            ? fromRight ? [PromptText.Empty, PromptText.Empty, text] : [text, PromptText.Empty, PromptText.Empty]
            : [text.Slice(0, at), text.Slice(at, separator.Length), text.Slice(at + separator.Length, text.Length - at - separator.Length)];
        return new ListValue([.. parts.Select(part => new StringValue(part))], isTuple: true);
    }

    private static StringValue Replace(RenderContext context, PromptText text, Arguments arguments)
    {
        var bound = arguments.Bind(context, "replace", 2, "old", "new", "count");
        var limit = bound[2] is null or NoneValue ? -1 : Arguments.Int(context, "replace", bound[2]!);
        return new StringValue(PythonText.Replace(context, text, Arguments.Text(context, "replace", bound[0]!).Value, Arguments.Text(context, "replace", bound[1]!), limit));
    }

    private static StringValue Join(RenderContext context, PromptText separator, Arguments arguments)
    {
        var items = Sequences.Items(context, arguments.Bind(context, "join", 1, "iterable")[0]!);
        return Join(context, separator, [.. items.Select(item => Arguments.Text(context, "join", item))]);
    }

    private static BoolValue Starts(RenderContext context, PromptText text, Arguments arguments, string name, Func<string, string, bool> holds)
    {
        var part = arguments.Bind(context, name, 1, "part")[0]!;
        var candidates = part is ListValue { IsTuple: true, Items: var items } ? items : [part];
        return BoolValue.Of(candidates.Any(candidate =>
        {
            var wanted = Arguments.Text(context, name, candidate).Value;
            context.Step();
            context.Search(wanted.Length);
            return holds(text.Value, wanted);
        }));
    }

    private static StringValue RemovePrefix(RenderContext context, PromptText text, Arguments arguments)
    {
        var prefix = Arguments.Text(context, "removeprefix", arguments.Bind(context, "removeprefix", 1, "prefix")[0]!).Value;
        context.Search(prefix.Length);
        context.Write(text.Length);
        return new StringValue(text.Value.StartsWith(prefix, StringComparison.Ordinal) ? text.Slice(prefix.Length, text.Length - prefix.Length) : text);
    }

    private static StringValue RemoveSuffix(RenderContext context, PromptText text, Arguments arguments)
    {
        var suffix = Arguments.Text(context, "removesuffix", arguments.Bind(context, "removesuffix", 1, "suffix")[0]!).Value;
        context.Search(suffix.Length);
        context.Write(text.Length);
        return new StringValue(text.Value.EndsWith(suffix, StringComparison.Ordinal) ? text.Slice(0, text.Length - suffix.Length) : text);
    }

    private static IntValue Find(RenderContext context, PromptText text, Arguments arguments, string name, Func<string, StringComparison, int> find)
    {
        var part = Arguments.Text(context, name, arguments.Bind(context, name, 1, "sub")[0]!).Value;
        context.Search(text.Length, part.Length);
        var at = find(part, StringComparison.Ordinal);
        return new IntValue(at < 0 ? at : PythonText.CountCharacters(context, text.Value[..at]));
    }

    private static IntValue Count(RenderContext context, PromptText text, Arguments arguments)
    {
        var part = Arguments.Text(context, "count", arguments.Bind(context, "count", 1, "sub")[0]!).Value;
        context.Search(text.Length, part.Length);
        return new IntValue(part.Length == 0 ? PythonText.CountCharacters(context, text.Value) + 1 : text.Value.AsSpan().Count(part));
    }
}
