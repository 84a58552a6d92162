using System.Globalization;
using System.Text;

namespace NemotronSharp.Text.Templates;

/// <summary>
/// Python's json.dumps as Hugging Face's <c>tojson</c> calls it: ", " and ": " between items, keys in their order, nothing escaped
/// beyond what JSON asks (no HTML escapes, non-ASCII as it is), floats by repr.
/// </summary>
internal sealed class PythonJson(RenderContext context, string? indent, string itemSeparator, string keySeparator, bool sortKeys, bool asciiOnly)
{
    private readonly StringBuilder _text = new();

    public string Write(Value value)
    {
        Append(value, 0);
        context.Write(_text.Length);
        return _text.ToString();
    }

    private void Append(Value value, int level)
    {
        context.Step();
        context.EnsureStack();
        if (_text.Length > Limits.TextLength) context.Write(_text.Length);
        switch (value)
        {
            case StringValue { Text.Value: var text }: AppendString(text); break;
            case ListValue { Items: var items }:
                AppendItems('[', ']', items.Count, level, i => Append(items[i], level + 1));
                break;
            case DictValue { Entries: var entries }:
                var ordered = sortKeys ? StableSort.By(entries, entry => entry.Key, (a, b) => context.Comparer.Compare(a, b) ?? 0) : [.. entries];
                AppendItems('{', '}', ordered.Count, level, i =>
                {
                    AppendString(Key(ordered[i].Key));
                    _text.Append(keySeparator);
                    Append(ordered[i].Value, level + 1);
                });
                break;
            default:
                _text.Append(Scalar(value) ?? throw context.Error($"tojson found {PythonFormat.Describe(value)}, expected a string, a number, a boolean, none, a list or a dict"));
                break;
        }
    }

    private void AppendItems(char open, char close, int count, int level, Action<int> appendItem)
    {
        _text.Append(open);
        for (var i = 0; i < count; i++)
        {
            if (i > 0) _text.Append(itemSeparator);
            AppendLineBreak(level + 1);
            appendItem(i);
        }
        if (count > 0) AppendLineBreak(level);
        _text.Append(close);
    }

    private void AppendLineBreak(int level)
    {
        if (indent is null) return;
        context.Write((long)indent.Length * level);
        _text.Append('\n');
        for (var i = 0; i < level; i++) _text.Append(indent);
        if (_text.Length > Limits.TextLength) context.Write(_text.Length);
    }

    private string Key(Value key) => key is StringValue { Text.Value: var text } ? text
        : Scalar(key) ?? throw context.Error($"tojson found {PythonFormat.Describe(key)} as a key, expected a string, a number, a boolean or none");

    private static string? Scalar(Value value) => value switch
    {
        NoneValue => "null",
        BoolValue { Value: var flag } => flag ? "true" : "false",
        IntValue { Value: var number } => number.ToString(CultureInfo.InvariantCulture),
        FloatValue { Value: var number } => double.IsNaN(number) ? "NaN" : double.IsInfinity(number) ? number > 0 ? "Infinity" : "-Infinity" : PythonFormat.Float(number),
        _ => null,
    };

    private void AppendString(string text)
    {
        _text.Append('"');
        foreach (var c in text)
        {
            if (_text.Length > Limits.TextLength) context.Write(_text.Length);
            switch (c)
            {
                case '"': _text.Append("\\\""); break;
                case '\\': _text.Append("\\\\"); break;
                case '\n': _text.Append("\\n"); break;
                case '\r': _text.Append("\\r"); break;
                case '\t': _text.Append("\\t"); break;
                case '\b': _text.Append("\\b"); break;
                case '\f': _text.Append("\\f"); break;
                case < ' ': AppendEscape(c); break;
                case > '~' when asciiOnly: AppendEscape(c); break;
                default: _text.Append(c); break;
            }
        }
        _text.Append('"');
    }

    private void AppendEscape(char c) => _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
}
