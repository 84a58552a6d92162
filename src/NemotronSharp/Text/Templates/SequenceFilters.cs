namespace NemotronSharp.Text.Templates;

/// <summary>Filters on lists, dicts and strings as sequences.</summary>
internal static class SequenceFilters
{
    public static Value Length(RenderContext context, Value input, Arguments arguments)
    {
        arguments.Bind(context, "length", 0);
        return new IntValue(Sequences.TryCount(context, input) ?? throw context.Error($"length was given {PythonFormat.Describe(input)}, expected a string, a list or a dict"));
    }

    public static Value List(RenderContext context, Value input, Arguments arguments)
    {
        arguments.Bind(context, "list", 0);
        return new ListValue([.. Sequences.Items(context, input)]);
    }

    public static Value Items(RenderContext context, Value input, Arguments arguments)
    {
        arguments.Bind(context, "items", 0);
        if (input is UndefinedValue) return new ListValue([]);
        if (input is not DictValue dict) throw context.Error($"items was given {PythonFormat.Describe(input)}, expected a dict");
        context.Step(dict.Entries.Count);
        return new ListValue(DictMethods.Items(dict));
    }

    public static Value First(RenderContext context, Value input, Arguments arguments)
    {
        arguments.Bind(context, "first", 0);
        return Sequences.Items(context, input) is [var first, ..] ? first : new UndefinedValue("first found no item");
    }

    public static Value Last(RenderContext context, Value input, Arguments arguments)
    {
        arguments.Bind(context, "last", 0);
        return Sequences.Items(context, input) is [.., var last] ? last : new UndefinedValue("last found no item");
    }

    public static Value Reverse(RenderContext context, Value input, Arguments arguments)
    {
        arguments.Bind(context, "reverse", 0);
        return input is StringValue ? Sequences.Slice(context, input, null, null, -1) : new ListValue([.. Sequences.Items(context, input).Reverse()]);
    }

    public static Value Unique(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind(context, "unique", 0, "case_sensitive", "attribute");
        var seen = new HashSet<Value>(context.Comparer);
        return new ListValue([.. Sequences.Items(context, input).Where(item => seen.Add(Key(context, item, bound[1], bound[0])))]);
    }

    public static Value Sort(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind(context, "sort", 0, "reverse", "case_sensitive", "attribute");
        return new ListValue(Sorted(context, Sequences.Items(context, input), item => SortKey(context, item, bound[2], bound[1]), IsSet(bound[0])));
    }

    public static Value DictSort(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind(context, "dictsort", 0, "case_sensitive", "by", "reverse");
        if (input is not DictValue dict) throw context.Error($"dictsort was given {PythonFormat.Describe(input)}, expected a dict");
        var place = bound[1] is null ? 0 : PythonFormat.Str(context, bound[1]!).Value switch
        {
            "key" => 0,
            "value" => 1,
            var by => throw context.Error($"dictsort was given by='{by}', expected 'key' or 'value'"),
        };
        return new ListValue(Sorted(context, DictMethods.Items(dict), item => Folded(context, ((ListValue)item).Items[place], bound[0]), IsSet(bound[2])));
    }

    public static Value Min(RenderContext context, Value input, Arguments arguments) => Extreme(context, "min", input, arguments, -1);

    public static Value Max(RenderContext context, Value input, Arguments arguments) => Extreme(context, "max", input, arguments, 1);

    public static Value Sum(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind(context, "sum", 0, "attribute", "start");
        return Sequences.Items(context, input).Aggregate(bound[1] ?? new IntValue(0),
            (sum, item) => Arithmetic.Apply(context, BinaryOperator.Add, sum, ByAttribute(context, item, bound[0])));
    }

    public static Value Batch(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind(context, "batch", 1, "linecount", "fill_with");
        var size = Arguments.Int(context, "batch", bound[0]!);
        if (size < 1) throw context.Error($"batch was given the size {size}, expected at least 1");
        var rows = Sequences.Items(context, input).Chunk(size).Select(row => row.ToList()).ToList();
        if (rows is [.., var last] && bound[1] is { } fill and not NoneValue)
        {
            context.Step(size - last.Count);
            last.AddRange(Enumerable.Repeat(fill, size - last.Count));
        }
        return new ListValue([.. rows.Select(row => new ListValue(row))]);
    }

    /// <summary>The item itself, or what its attribute path leads to where one is given.</summary>
    public static Value ByAttribute(RenderContext context, Value item, Value? attribute) =>
        attribute is null or NoneValue ? item : Members.Path(context, item, PythonFormat.Str(context, attribute));

    private static Value Extreme(RenderContext context, string name, Value input, Arguments arguments, int sign)
    {
        var bound = arguments.Bind(context, name, 0, "case_sensitive", "attribute");
        Value? best = null, bestKey = null;
        foreach (var item in Sequences.Items(context, input))
        {
            var key = Key(context, item, bound[1], bound[0]);
            if (bestKey is null || Math.Sign(context.Comparer.Compare(key, bestKey) ?? 0) == sign) (best, bestKey) = (item, key);
        }
        return best ?? new UndefinedValue($"{name} found no item");
    }

    // sort(attribute='a,b') sorts by a, then by b.
    private static Value SortKey(RenderContext context, Value item, Value? attribute, Value? caseSensitive) =>
        attribute is StringValue { Text.Value: var paths } && paths.Contains(',')
            ? new ListValue([.. paths.Split(',').Select(path => Key(context, item, StringValue.Data(path), caseSensitive))])
            : Key(context, item, attribute, caseSensitive);

    private static Value Key(RenderContext context, Value item, Value? attribute, Value? caseSensitive) => Folded(context, ByAttribute(context, item, attribute), caseSensitive);

    // Jinja ignores case unless told otherwise.
    private static Value Folded(RenderContext context, Value key, Value? caseSensitive) =>
        key is StringValue { Text: var text } && !IsSet(caseSensitive) ? StringMethods.Lower(context, text) : key;

    // Descending keeps the order of equals too, as Python's reverse=True does.
    private static List<Value> Sorted(RenderContext context, IEnumerable<Value> items, Func<Value, Value> key, bool descending) =>
        StableSort.By(items, key, (a, b) => (descending ? context.Comparer.Compare(b, a) : context.Comparer.Compare(a, b)) ?? 0);

    private static bool IsSet(Value? flag) => flag is not null && ValueComparer.IsTrue(flag);
}
