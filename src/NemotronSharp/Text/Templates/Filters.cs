namespace NemotronSharp.Text.Templates;

internal delegate Value Filter(RenderContext context, Value input, Arguments arguments);

/// <summary>The filters, by name. The groups live in <see cref="TextFilters"/>, <see cref="NumberFilters"/>, <see cref="SequenceFilters"/> and <see cref="SelectionFilters"/>.</summary>
internal static class Filters
{
    private static readonly Dictionary<string, Filter> ByName = new()
    {
        ["default"] = Default,
        ["d"] = Default,
        ["string"] = TextFilters.String,
        ["safe"] = TextFilters.String,
        ["trim"] = TextFilters.Trim,
        ["upper"] = TextFilters.Upper,
        ["lower"] = TextFilters.Lower,
        ["capitalize"] = TextFilters.Capitalize,
        ["title"] = TextFilters.Title,
        ["replace"] = TextFilters.Replace,
        ["indent"] = TextFilters.Indent,
        ["join"] = TextFilters.Join,
        ["tojson"] = TextFilters.ToJson,
        ["int"] = NumberFilters.Int,
        ["float"] = NumberFilters.Float,
        ["abs"] = NumberFilters.Abs,
        ["round"] = NumberFilters.Round,
        ["length"] = SequenceFilters.Length,
        ["count"] = SequenceFilters.Length,
        ["list"] = SequenceFilters.List,
        ["items"] = SequenceFilters.Items,
        ["first"] = SequenceFilters.First,
        ["last"] = SequenceFilters.Last,
        ["reverse"] = SequenceFilters.Reverse,
        ["unique"] = SequenceFilters.Unique,
        ["sort"] = SequenceFilters.Sort,
        ["dictsort"] = SequenceFilters.DictSort,
        ["min"] = SequenceFilters.Min,
        ["max"] = SequenceFilters.Max,
        ["sum"] = SequenceFilters.Sum,
        ["batch"] = SequenceFilters.Batch,
        ["attr"] = SelectionFilters.Attr,
        ["map"] = SelectionFilters.Map,
        ["select"] = (context, input, arguments) => SelectionFilters.Select(context, "select", input, arguments, keep: true),
        ["reject"] = (context, input, arguments) => SelectionFilters.Select(context, "reject", input, arguments, keep: false),
        ["selectattr"] = (context, input, arguments) => SelectionFilters.SelectAttribute(context, "selectattr", input, arguments, keep: true),
        ["rejectattr"] = (context, input, arguments) => SelectionFilters.SelectAttribute(context, "rejectattr", input, arguments, keep: false),
    };

    public static bool Exists(string name) => ByName.ContainsKey(name);

    /// <exception cref="ChatTemplateException">There is no such filter, or it cannot work on this input.</exception>
    public static Value Apply(RenderContext context, string name, Value input, Arguments arguments) =>
        ByName.TryGetValue(name, out var filter) ? filter(context, input, arguments)
            : throw context.Error($"found the unknown filter '{Excerpt.Of(name)}', expected one of {string.Join(", ", ByName.Keys.Order(StringComparer.Ordinal))}");

    private static Value Default(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind(context, "default", 0, "default_value", "boolean");
        var alsoWhenFalse = bound[1] is { } flag && ValueComparer.IsTrue(flag);
        return input is UndefinedValue || (alsoWhenFalse && !ValueComparer.IsTrue(input)) ? bound[0] ?? StringValue.Empty : input;
    }
}
