namespace NemotronSharp.Text.Templates;

/// <summary>What Python does with anything that holds items: iterate, count, look inside, slice.</summary>
internal static class Sequences
{
    public static IReadOnlyList<Value>? TryItems(RenderContext context, Value value) => value switch
    {
        ListValue { Items: var items } => items,
        DictValue { Entries: var entries } => [.. entries.Keys],
        StringValue { Text: var text } => [.. PythonText.Characters(context, text).Select(character => new StringValue(character))],
        UndefinedValue => [],
        _ => null,
    };

    public static IReadOnlyList<Value> Items(RenderContext context, Value value)
    {
        var items = TryItems(context, value) ?? throw context.Error($"found {PythonFormat.Describe(value)}, expected something to iterate over: a list, a dict or a string");
        context.Step(items.Count);
        return items;
    }

    public static int? TryCount(RenderContext context, Value value) => value switch
    {
        StringValue { Text.Value: var text } => PythonText.CountCharacters(context, text),
        ListValue { Items: var items } => items.Count,
        DictValue { Entries: var entries } => entries.Count,
        UndefinedValue => 0,
        _ => null,
    };

    public static bool Contains(RenderContext context, Value container, Value item)
    {
        switch (container)
        {
            case StringValue { Text.Value: var text }:
                var part = Arguments.Text(context, "'in' with a string on its right", item).Value;
                context.Search(text.Length, part.Length);
                return text.Contains(part, StringComparison.Ordinal);
            case DictValue { Entries: var entries }: return entries.ContainsKey(item);
            default: return Items(context, container).Contains(item, context.Comparer);
        }
    }

    public static Value Slice(RenderContext context, Value target, int? start, int? stop, int? step)
    {
        if (target is UndefinedValue { Problem: var problem }) throw context.Error(problem);
        if (step == 0) throw context.Error("found a slice with step 0");
        if (target is StringValue { Text: var text }) return new StringValue(SliceText(context, text, start, stop, step ?? 1));
        if (target is not ListValue list) throw context.Error($"found a slice of {PythonFormat.Describe(target)}, expected a string or a list");
        var places = Places(list.Items.Count, start, stop, step ?? 1);
        context.Step(places.Count);
        return new ListValue([.. places.Select(place => list.Items[place])], list.IsTuple);
    }

    private static PromptText SliceText(RenderContext context, PromptText text, int? start, int? stop, int step)
    {
        var starts = PythonText.CharacterStarts(context, text.Value);
        int Unit(int character) => starts is null ? character : starts[character];
        var places = Places(starts is null ? text.Length : starts.Length - 1, start, stop, step);
        if (places.Count == 0) return PromptText.Empty;
        context.Write(places.Count);
        if (step == 1) return text.Slice(Unit(places.First), Unit(places.First + places.Count) - Unit(places.First));
        context.Step(places.Count);
        var result = new PromptTextBuilder();
        foreach (var place in places.Select(place => place)) result.Append(text.Slice(Unit(place), Unit(place + 1) - Unit(place)));
        return result.ToPromptText();
    }

    // Python's slice.indices: negative places count from the end, and all are brought inside.
    private static PlaceRange Places(int count, int? start, int? stop, int step)
    {
        int Inside(int? place, int whenAbsent)
        {
            if (place is not { } given) return whenAbsent;
            var fromStart = given < 0 ? (long)given + count : given;
            return (int)Math.Clamp(fromStart, step < 0 ? -1 : 0, step < 0 ? count - 1 : count);
        }
        var first = Inside(start, step < 0 ? count - 1 : 0);
        var end = Inside(stop, step < 0 ? -1 : count);
        var length = step > 0 ? ((long)end - first + step - 1) / step : ((long)first - end - step - 1) / -(long)step;
        return new PlaceRange(first, step, (int)Math.Max(0, length));
    }

    private readonly record struct PlaceRange(int First, int Step, int Count)
    {
        public IEnumerable<T> Select<T>(Func<int, T> at)
        {
            for (var i = 0; i < Count; i++) yield return at((int)(First + ((long)i * Step)));
        }
    }
}
