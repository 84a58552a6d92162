namespace NemotronSharp.Text.Templates;

/// <summary>The methods of Python's dict that templates call.</summary>
internal static class DictMethods
{
    public static Func<RenderContext, DictValue, Arguments, Value>? Find(string name) => name switch
    {
        "items" => (context, dict, arguments) => Listed(context, dict, arguments, name, Items),
        "keys" => (context, dict, arguments) => Listed(context, dict, arguments, name, entries => [.. entries.Entries.Keys]),
        "values" => (context, dict, arguments) => Listed(context, dict, arguments, name, entries => [.. entries.Entries.Values]),
        "get" => Get,
        "copy" => Copy,
        // Python finds these before a key of the same name; Hugging Face's sandbox then forbids to call them.
        "clear" or "fromkeys" or "pop" or "popitem" or "setdefault" or "update" => (context, _, _) => throw context.Error($"found a call of dict.{name}, but templates may not change their data"),
        _ => null,
    };

    public static List<Value> Items(DictValue dict) => [.. dict.Entries.Select(entry => new ListValue([entry.Key, entry.Value], isTuple: true))];

    private static ListValue Listed(RenderContext context, DictValue dict, Arguments arguments, string name, Func<DictValue, List<Value>> list)
    {
        arguments.Bind(context, name, 0);
        context.Step(dict.Entries.Count);
        return new ListValue(list(dict));
    }

    private static Value Get(RenderContext context, DictValue dict, Arguments arguments)
    {
        var bound = arguments.Bind(context, "get", 1, "key", "default");
        return dict.Entries.TryGetValue(bound[0]!, out var value) ? value : bound[1] ?? NoneValue.Instance;
    }

    private static DictValue Copy(RenderContext context, DictValue dict, Arguments arguments)
    {
        arguments.Bind(context, "copy", 0);
        context.Step(dict.Entries.Count);
        var copy = new DictValue(context.Comparer);
        foreach (var (key, value) in dict.Entries) copy.Entries[key] = value;
        return copy;
    }
}

/// <summary>
/// The methods of Python's list that templates call. Hugging Face's sandbox forbids to change lists; the other engines allow it, and templates use
/// it, so append, extend, insert and pop work here. They never reach the caller's data, which is copied for each rendering.
/// </summary>
internal static class ListMethods
{
    public static Func<RenderContext, ListValue, Arguments, Value>? Find(string name) => name switch
    {
        "append" => (context, list, arguments) => Change(context, list, arguments.Bind(context, name, 1, "object"), (items, bound) => items.Add(bound[0]!)),
        "extend" => (context, list, arguments) => Change(context, list, arguments.Bind(context, name, 1, "iterable"), (items, bound) => items.AddRange([.. Sequences.Items(context, bound[0]!)])),
        "insert" => (context, list, arguments) => Change(context, list, arguments.Bind(context, name, 2, "index", "object"), (items, bound) =>
        {
            context.Step(items.Count / 16);
            var at = Arguments.Int(context, name, bound[0]!);
            items.Insert(Math.Clamp(at < 0 ? at + items.Count : at, 0, items.Count), bound[1]!);
        }),
        "pop" => Pop,
        "index" => Index,
        "count" => (context, list, arguments) => new IntValue(arguments.Bind(context, name, 1, "value") is var bound ? list.Items.Count(item => context.Comparer.Equals(item, bound[0])) : 0),
        _ => null,
    };

    private static NoneValue Change(RenderContext context, ListValue list, Value?[] bound, Action<List<Value>, Value?[]> change)
    {
        if (list.IsTuple) throw context.Error("found a change of a tuple, expected a list");
        context.Step();
        change(list.Items, bound);
        return NoneValue.Instance;
    }

    private static Value Pop(RenderContext context, ListValue list, Arguments arguments)
    {
        var at = arguments.Bind(context, "pop", 0, "index")[0] is { } index ? Arguments.Int(context, "pop", index) : -1;
        if (at < 0) at += list.Items.Count;
        if (list.IsTuple || at < 0 || at >= list.Items.Count) throw context.Error($"found pop outside of a list of {list.Items.Count} items");
        context.Step(list.Items.Count / 16);
        var item = list.Items[at];
        list.Items.RemoveAt(at);
        return item;
    }

    private static IntValue Index(RenderContext context, ListValue list, Arguments arguments)
    {
        var wanted = arguments.Bind(context, "index", 1, "value")[0]!;
        var at = list.Items.FindIndex(item => context.Comparer.Equals(item, wanted));
        return at >= 0 ? new IntValue(at) : throw context.Error($"index did not find {PythonFormat.Describe(wanted)} in the list");
    }
}
