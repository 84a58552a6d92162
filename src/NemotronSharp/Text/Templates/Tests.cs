namespace NemotronSharp.Text.Templates;

internal delegate bool Test(RenderContext context, Value input, Arguments arguments);

/// <summary>The tests behind <c>is</c>, by name.</summary>
internal static class Tests
{
    private static readonly Dictionary<string, Test> ByName = new()
    {
        ["defined"] = OfType(value => value is not UndefinedValue),
        ["undefined"] = OfType(value => value is UndefinedValue),
        ["none"] = OfType(value => value is NoneValue),
        ["boolean"] = OfType(value => value is BoolValue),
        ["true"] = OfType(value => value is BoolValue { Value: true }),
        ["false"] = OfType(value => value is BoolValue { Value: false }),
        ["integer"] = OfType(value => value is IntValue),
        ["float"] = OfType(value => value is FloatValue),
        ["number"] = OfType(ValueComparer.IsNumber),
        ["string"] = OfType(value => value is StringValue),
        ["mapping"] = OfType(value => value is DictValue),
        ["sequence"] = OfType(value => value is StringValue or ListValue or DictValue or UndefinedValue),
        ["iterable"] = OfType(value => value is StringValue or ListValue or DictValue or UndefinedValue),
        ["callable"] = OfType(value => value is FunctionValue),
        ["lower"] = OfText(text => text.Any(char.IsLower) && !text.Any(char.IsUpper)),
        ["upper"] = OfText(text => text.Any(char.IsUpper) && !text.Any(char.IsLower)),
        ["odd"] = (context, input, arguments) => Divide(context, "odd", input, arguments.Bind(context, "odd", 0).Length + 2) is 1,
        ["even"] = (context, input, arguments) => Divide(context, "even", input, arguments.Bind(context, "even", 0).Length + 2) is 0,
        ["divisibleby"] = (context, input, arguments) => Divide(context, "divisibleby", input, Arguments.Int(context, "divisibleby", arguments.Bind(context, "divisibleby", 1, "num")[0]!)) is 0,
        ["in"] = (context, input, arguments) => Sequences.Contains(context, arguments.Bind(context, "in", 1, "seq")[0]!, input),
        ["filter"] = (context, input, arguments) => arguments.Bind(context, "filter", 0) is [] && Filters.Exists(NameIn(context, "filter", input)),
        ["test"] = (context, input, arguments) => arguments.Bind(context, "test", 0) is [] && Exists(NameIn(context, "test", input)),
    };

    static Tests()
    {
        Add(["eq", "equalto", "=="], (context, a, b) => context.Comparer.Equals(a, b));
        Add(["ne", "!="], (context, a, b) => !context.Comparer.Equals(a, b));
        Add(["lt", "lessthan", "<"], (context, a, b) => context.Comparer.Compare(a, b) < 0);
        Add(["le", "<="], (context, a, b) => context.Comparer.Compare(a, b) <= 0);
        Add(["gt", "greaterthan", ">"], (context, a, b) => context.Comparer.Compare(a, b) > 0);
        Add(["ge", ">="], (context, a, b) => context.Comparer.Compare(a, b) >= 0);
    }

    public static bool Exists(string name) => ByName.ContainsKey(name);

    /// <exception cref="ChatTemplateException">There is no such test, or it cannot work on this input.</exception>
    public static bool Apply(RenderContext context, string name, Value input, Arguments arguments) =>
        ByName.TryGetValue(name, out var test) ? test(context, input, arguments)
            : throw context.Error($"found the unknown test '{Excerpt.Of(name)}', expected one of {string.Join(", ", ByName.Keys.Order(StringComparer.Ordinal))}");

    private static string NameIn(RenderContext context, string test, Value input)
    {
        var name = Arguments.Text(context, test, input).Value;
        context.Search(name.Length);
        return name;
    }

    private static Test OfType(Func<Value, bool> holds) => (context, input, arguments) => arguments.Bind(context, "this test", 0) is [] && holds(input);

    private static Test OfText(Func<string, bool> holds) => (context, input, arguments) =>
    {
        arguments.Bind(context, "this test", 0);
        var text = PythonFormat.Str(context, input).Value;
        // A delegate call for every character, twice.
        context.Step(text.Length / 16);
        return holds(text);
    };

    private static void Add(string[] names, Func<RenderContext, Value, Value, bool> holds)
    {
        foreach (var name in names) ByName[name] = (context, input, arguments) => holds(context, input, arguments.Bind(context, name, 1, "other")[0]!);
    }

    private static int Divide(RenderContext context, string name, Value input, int divisor)
    {
        if (input is not (IntValue or BoolValue)) throw context.Error($"{name} was given {PythonFormat.Describe(input)}, expected an integer");
        if (divisor == 0) throw context.Error("found a division by zero");
        return ValueComparer.Integer(input) % divisor == 0 ? 0 : 1;
    }
}
