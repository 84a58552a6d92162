namespace NemotronSharp.Text.Templates;

/// <summary>Filters that work on each item: map, select, reject and their attribute forms.</summary>
internal static class SelectionFilters
{
    public static Value Attr(RenderContext context, Value input, Arguments arguments)
    {
        var name = Arguments.Text(context, "attr", arguments.Bind(context, "attr", 1, "name")[0]!).Value;
        return Members.Own(context, input, name) ?? new UndefinedValue($"{PythonFormat.Describe(input)} has no attribute '{Excerpt.Of(name)}'");
    }

    public static Value Map(RenderContext context, Value input, Arguments arguments)
    {
        var items = Sequences.Items(context, input);
        context.Step(4L * items.Count);
        if (arguments.Positional.Count == 0)
        {
            var bound = arguments.Bind(context, "map", 1, "attribute", "default");
            return new ListValue([.. items.Select(item => SequenceFilters.ByAttribute(context, item, bound[0]) is var value && value is UndefinedValue && bound[1] is { } absent ? absent : value)]);
        }
        var filter = Arguments.Text(context, "map", arguments.Positional[0]).Value;
        var rest = arguments with { Positional = [.. arguments.Positional.Skip(1)] };
        return new ListValue([.. items.Select(item => Filters.Apply(context, filter, item, rest))]);
    }

    public static Value Select(RenderContext context, string name, Value input, Arguments arguments, bool keep)
    {
        var holds = Condition(context, name, arguments);
        return new ListValue([.. Sequences.Items(context, input).Where(item => holds(item) == keep)]);
    }

    public static Value SelectAttribute(RenderContext context, string name, Value input, Arguments arguments, bool keep)
    {
        if (arguments.Positional.Count == 0) throw context.Error($"{name} was not given the name of an attribute");
        var path = PythonFormat.Str(context, arguments.Positional[0]);
        var holds = Condition(context, name, arguments with { Positional = [.. arguments.Positional.Skip(1)] });
        return new ListValue([.. Sequences.Items(context, input).Where(item => holds(Members.Path(context, item, path)) == keep)]);
    }

    // Without the name of a test: is the value true?
    private static Func<Value, bool> Condition(RenderContext context, string name, Arguments arguments)
    {
        if (arguments.Positional.Count == 0) return ValueComparer.IsTrue;
        var test = Arguments.Text(context, name, arguments.Positional[0]).Value;
        var rest = arguments with { Positional = [.. arguments.Positional.Skip(1)] };
        return value => Tests.Apply(context, test, value, rest);
    }
}
