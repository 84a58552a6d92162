namespace NemotronSharp.Text.Templates;

/// <summary>Filters that yield text.</summary>
internal static class TextFilters
{
    public static Value String(RenderContext context, Value input, Arguments arguments)
    {
        arguments.Bind(context, "string", 0);
        return input as StringValue ?? new StringValue(PythonFormat.Str(context, input));
    }

    public static Value Trim(RenderContext context, Value input, Arguments arguments)
    {
        var characters = arguments.Bind(context, "trim", 0, "chars")[0];
        var text = PythonFormat.Str(context, input);
        context.Write(text.Length);
        return new StringValue(PythonText.Strip(text, characters is null or NoneValue ? null : Arguments.Text(context, "trim", characters).Value, true, true));
    }

    public static Value Upper(RenderContext context, Value input, Arguments arguments) => WithCase(context, "upper", input, arguments, StringMethods.Upper);

    public static Value Lower(RenderContext context, Value input, Arguments arguments) => WithCase(context, "lower", input, arguments, StringMethods.Lower);

    public static Value Capitalize(RenderContext context, Value input, Arguments arguments) => WithCase(context, "capitalize", input, arguments, StringMethods.Capitalize);

    public static Value Title(RenderContext context, Value input, Arguments arguments) => WithCase(context, "title", input, arguments, TitleWords);

    public static Value Replace(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind(context, "replace", 2, "old", "new", "count");
        var limit = bound[2] is null or NoneValue ? -1 : Arguments.Int(context, "replace", bound[2]!);
        return new StringValue(PythonText.Replace(context, PythonFormat.Str(context, input), PythonFormat.Str(context, bound[0]!).Value, PythonFormat.Str(context, bound[1]!), limit));
    }

    public static Value Join(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind(context, "join", 0, "d", "attribute");
        var separator = bound[0] is null ? PromptText.Empty : PythonFormat.Str(context, bound[0]!);
        var items = Sequences.Items(context, input).Select(item => PythonFormat.Str(context, SequenceFilters.ByAttribute(context, item, bound[1])));
        return StringMethods.Join(context, separator, [.. items]);
    }

    /// <summary>Every line but the first is moved in; the line ends it writes are data, not template text.</summary>
    public static Value Indent(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind(context, "indent", 0, "width", "first", "blank");
        bool Flag(int at) => bound[at] is { } value && ValueComparer.IsTrue(value);
        var indent = bound[0] is StringValue { Text: var given } ? given
            : PythonText.Repeat(context, PromptText.Untrusted(" "), bound[0] is null ? 4 : Arguments.Int(context, "indent", bound[0]!));
        var newline = PromptText.Untrusted("\n");
        // As Jinja does it: a newline is added first, so that the last line counts even when it is empty.
        var lines = PythonText.SplitLines(context, PromptText.Concat(PythonFormat.Str(context, input), newline));
        var result = new PromptTextBuilder();
        for (var i = 0; i < lines.Count; i++)
        {
            context.Write(lines[i].Length + indent.Length + 1L);
            if (i > 0) result.Append(newline);
            if (i == 0 ? Flag(1) : lines[i].Length > 0 || Flag(2)) result.Append(indent);
            result.Append(lines[i]);
            PythonText.CheckLength(context, result);
        }
        return new StringValue(result.ToPromptText());
    }

    /// <summary>Hugging Face's tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False).</summary>
    public static Value ToJson(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind(context, "tojson", 0, "ensure_ascii", "indent", "separators", "sort_keys");
        var indent = bound[1] switch
        {
            null or NoneValue => null,
            StringValue { Text.Value: var text } => text,
            var width => PythonText.Repeat(context, PromptText.Untrusted(" "), Arguments.Int(context, "tojson", width)).Value,
        };
        var (item, key) = (indent is null ? ", " : ",", ": ");
        if (bound[2] is ListValue { Items: [var itemSeparator, var keySeparator] })
            (item, key) = (Arguments.Text(context, "tojson", itemSeparator).Value, Arguments.Text(context, "tojson", keySeparator).Value);
        else if (bound[2] is not (null or NoneValue))
            throw context.Error($"tojson was given {PythonFormat.Describe(bound[2]!)} as separators, expected two strings");
        bool Flag(int at) => bound[at] is { } value && ValueComparer.IsTrue(value);
        return StringValue.Data(new PythonJson(context, indent, item, key, Flag(3), Flag(0)).Write(input));
    }

    private static StringValue WithCase(RenderContext context, string name, Value input, Arguments arguments, Func<RenderContext, PromptText, StringValue> change)
    {
        arguments.Bind(context, name, 0);
        return change(context, PythonFormat.Str(context, input));
    }

    // Unlike str.title(), Jinja's filter starts a word only after white space, a hyphen or an opening bracket: "it's" gives "It's".
    private static StringValue TitleWords(RenderContext context, PromptText text)
    {
        context.Write(text.Length);
        return new StringValue(PythonText.WithCharacters(text, string.Create(text.Length, text.Value, (span, value) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                var starts = i == 0 || PythonText.IsWhitespace(value[i - 1]) || value[i - 1] is '-' or '(' or '{' or '[' or '<';
                span[i] = starts ? char.ToUpperInvariant(value[i]) : char.ToLowerInvariant(value[i]);
            }
        })));
    }
}
