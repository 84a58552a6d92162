using System.Numerics;

namespace NemotronSharp.Text.Templates;

/// <summary>Attributes and subscripts: <c>a.b</c> tries Python's attributes first and then the keys, <c>a['b']</c> the other way round.</summary>
internal static class Members
{
    public static Value Attribute(RenderContext context, Value target, string name)
    {
        if (target is UndefinedValue { Problem: var problem }) throw context.Error($"found '.{name}' after something undefined: {problem}");
        return Own(context, target, name)
            ?? (target is DictValue { Entries: var entries } && entries.TryGetValue(StringValue.Data(name), out var value) ? value : null)
            ?? Missing(target, $"'{name}'");
    }

    public static Value Subscript(RenderContext context, Value target, Value index)
    {
        if (target is UndefinedValue { Problem: var problem }) throw context.Error($"found a subscript after something undefined: {problem}");
        return Item(context, target, index)
            ?? (index is StringValue { Text.Value: var name } ? Own(context, target, name) : null)
            ?? Missing(target, PythonFormat.Describe(index));
    }

    /// <summary>Follows a dotted path as filters with attribute='a.b.0' do.</summary>
    public static Value Path(RenderContext context, Value value, PromptText path)
    {
        context.Write(path.Length);
        foreach (var part in path.Value.Split('.'))
        {
            context.Step();
            Value index = part.Length is > 0 and < 10 && part.All(char.IsAsciiDigit) ? new IntValue(int.Parse(part)) : StringValue.Data(part);
            value = Subscript(context, value, index);
        }
        return value;
    }

    private static Value? Item(RenderContext context, Value target, Value index) => (target, index) switch
    {
        (DictValue { Entries: var entries }, not (ListValue { IsTuple: false } or DictValue)) => entries.TryGetValue(index, out var value) ? value : null,
        (ListValue { Items: var items }, IntValue or BoolValue) => Place(items.Count, index) is { } at ? items[at] : null,
        (StringValue { Text: var text }, IntValue or BoolValue) => Character(context, text, index),
        _ => null,
    };

    private static StringValue? Character(RenderContext context, PromptText text, Value index)
    {
        var starts = PythonText.CharacterStarts(context, text.Value);
        if (Place(starts is null ? text.Length : starts.Length - 1, index) is not { } at) return null;
        return new StringValue(starts is null ? text.Slice(at, 1) : text.Slice(starts[at], starts[at + 1] - starts[at]));
    }

    private static int? Place(int count, Value index)
    {
        var at = ValueComparer.Integer(index);
        if (at < 0) at += count;
        return at >= 0 && at < count ? (int)at : null;
    }

    /// <summary>What Python's getattr finds: methods and attributes, never the keys of a dict.</summary>
    public static Value? Own(RenderContext context, Value target, string name)
    {
        context.Search(name.Length);
        return Find(context, target, name);
    }

    private static Value? Find(RenderContext context, Value target, string name) => target switch
    {
        StringValue { Text: var text } => Bound(name, StringMethods.Find(name), text),
        DictValue dict => Bound(name, DictMethods.Find(name), dict),
        ListValue list => Bound(name, ListMethods.Find(name), list),
        NamespaceValue { Attributes: var attributes } => attributes.GetValueOrDefault(name),
        LoopValue loop => Loops.Attribute(context, loop, name),
        FunctionValue { Name: var own } when name == "name" => new StringValue(PromptText.Trusted(own)),
        _ => null,
    };

    private static FunctionValue? Bound<T>(string name, Func<RenderContext, T, Arguments, Value>? method, T target) =>
        method is null ? null : new FunctionValue(name, (context, arguments) => method(context, target, arguments));

    private static UndefinedValue Missing(Value target, string what) => new($"{PythonFormat.Describe(target)} has no element {what}");
}
