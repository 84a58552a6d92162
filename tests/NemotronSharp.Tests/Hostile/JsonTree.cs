using System.Text;
using System.Text.Json;

namespace NemotronSharp.Tests.Hostile;

/// <summary>JSON that may be wrong on purpose: keys twice, bare NaN, halves of characters. Scalars and names are their own JSON text.</summary>
internal sealed class JsonTree
{
    private string? _scalar;
    private List<(string? Name, JsonTree Value)> _items = [];
    private bool _isObject;

    public static JsonTree Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Of(document.RootElement);
    }

    /// <summary>Changes one place.</summary>
    public void Mutate(Chance chance)
    {
        var all = new List<JsonTree>();
        Collect(all);
        var containers = all.Where(node => node._scalar is null && node._items.Count > 0).ToList();
        if (containers.Count == 0 || chance.OneIn(50))
        {
            Become(Hostile(chance));
            return;
        }

        // Large tables would take all the mutations: half of the time the place is found from the top.
        var owner = chance.OneIn(2) ? containers[chance.Below(containers.Count)] : containers[chance.Below(Math.Min(8, containers.Count))];
        var at = chance.Below(owner._items.Count);
        switch (chance.Below(6))
        {
            case 0: owner._items.RemoveAt(at); break;
            case 1: owner._items.Add((owner._items[at].Name, chance.OneIn(2) ? owner._items[at].Value : Hostile(chance))); break;
            case 2 when owner._isObject: owner._items[at] = (HostileText(chance), owner._items[at].Value); break;
            case 3: owner._items[at] = (owner._items[at].Name, all[chance.Below(all.Count)].Copy()); break;
            case 4 when owner._items[at].Value._scalar is { } scalar && int.TryParse(scalar, out var number):
                owner._items[at] = (owner._items[at].Name, Scalar(chance.Of($"{number + 1L}", $"{number - 1L}", $"{number * 2L}", $"{number * 65536L}", $"-{number}", $"{number}.0", $"\"{number}\"")));
                break;
            default: owner._items[at] = (owner._items[at].Name, Hostile(chance)); break;
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        Append(text);
        return text.ToString();
    }

    private static JsonTree Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => new JsonTree { _isObject = true, _items = [.. element.EnumerateObject().Select(p => ((string?)JsonSerializer.Serialize(p.Name), Of(p.Value)))] },
        JsonValueKind.Array => new JsonTree { _items = [.. element.EnumerateArray().Select(item => ((string?)null, Of(item)))] },
        _ => Scalar(element.GetRawText()),
    };

    private static JsonTree Scalar(string json) => new() { _scalar = json };

    private static JsonTree Hostile(Chance chance)
    {
        switch (chance.Below(8))
        {
            case 0 or 1 or 2: return Scalar(chance.JsonNumber());
            case 3: return Scalar(chance.Of("null", "true", "false", "[]", "{}", "nul", "", "[null]", "[[[0]]]", "{\"a\":0,\"a\":0}"));
            case 4:
                var depth = chance.Of(10, 63, 64, 65, 1000, 20_000);
                return Scalar(chance.OneIn(2) ? new string('[', depth) + new string(']', depth) : string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "0" + new string('}', depth));
            case 5: return Scalar($"[{string.Join(',', Enumerable.Repeat(chance.Of("0", "\"mamba\"", "{}", "[0,0]", "1e9"), chance.Of(1, 5, 5000)))}]");
            default: return Scalar(HostileText(chance));
        }
    }

    private static string HostileText(Chance chance) => chance.Below(4) switch
    {
        0 => chance.Of("\"\\ud800\"", "\"\\udc00x\"", "\"\\u0000\"", "\"\\x\"", "\"\u0001\"", "\"unfinished"),
        // U+FFFE stands for a byte that is no UTF-8: see HostileText.Encode.
        1 => "\"\uFFFE\"",
        _ => JsonSerializer.Serialize(chance.Text()),
    };

    private JsonTree Copy() => new() { _scalar = _scalar, _isObject = _isObject, _items = [.. _items.Select(item => (item.Name, item.Value.Copy()))] };

    private void Become(JsonTree other) => (_scalar, _isObject, _items) = (other._scalar, other._isObject, other._items);

    private void Collect(List<JsonTree> into)
    {
        into.Add(this);
        foreach (var (_, value) in _items) value.Collect(into);
    }

    private void Append(StringBuilder text)
    {
        if (_scalar is not null)
        {
            text.Append(_scalar);
            return;
        }
        text.Append(_isObject ? '{' : '[');
        for (var i = 0; i < _items.Count; i++)
        {
            if (i > 0) text.Append(',');
            if (_isObject) text.Append(_items[i].Name ?? "\"\"").Append(':');
            _items[i].Value.Append(text);
        }
        text.Append(_isObject ? '}' : ']');
    }
}
