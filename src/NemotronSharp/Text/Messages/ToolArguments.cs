using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NemotronSharp.Text;

/// <summary>Turns the text of a parameter into the JSON value its type asks for; text that does not fit stays a string.</summary>
internal static class ToolArguments
{
    // BigInteger parsing grows with the square of the length; no tool counts this far.
    private const int LongestInteger = 400;

    /// <summary>
    /// <c>null</c> in any case is null for every type. Of several allowed types the most specific that fits wins, string last.
    /// A parameter that can only be boolean is true if its text is <c>true</c> (any case) and false otherwise.
    /// </summary>
    public static JsonNode? Convert(string text, ParameterType type)
    {
        if (text.Equals("null", StringComparison.OrdinalIgnoreCase)) return null;
        if (type.Values is not null) return OneOf(type.Values, text) ?? JsonValue.Create(text);

        var trimmed = text.Trim();
        if (type.Kinds.HasFlag(JsonKinds.Boolean))
        {
            if (trimmed.Equals("true", StringComparison.OrdinalIgnoreCase)) return JsonValue.Create(true);
            if (type.Kinds == JsonKinds.Boolean || trimmed.Equals("false", StringComparison.OrdinalIgnoreCase)) return JsonValue.Create(false);
        }
        JsonNode? value = null;
        if (type.Kinds.HasFlag(JsonKinds.Integer)) value ??= Integer(trimmed);
        if (type.Kinds.HasFlag(JsonKinds.Number)) value ??= Number(trimmed);
        if ((type.Kinds & (JsonKinds.Object | JsonKinds.Array)) != 0) value ??= Container(text);
        return value ?? JsonValue.Create(text);
    }

    private static JsonNode? OneOf(IReadOnlyList<JsonNode?> values, string text)
    {
        foreach (var value in values)
            if (value is JsonValue v && v.TryGetValue<string>(out var s) && s == text) return JsonValue.Create(text);
        // Histories show true and false the Python way, so models write them so.
        foreach (var value in values)
            if (value is not null && value.ToJsonString().Equals(text, StringComparison.OrdinalIgnoreCase)) return value.DeepClone();
        return null;
    }

    private static JsonNode? Integer(string text)
    {
        if (text.Length > LongestInteger) return null;
        if (BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
            return JsonNode.Parse(integer.ToString(CultureInfo.InvariantCulture));
        // 5.0 and 1e3 are integers too.
        return TryDouble(text, out var number) && Math.Abs(number) < 1L << 53 && number == Math.Truncate(number) ? JsonValue.Create((long)number) : null;
    }

    private static JsonNode? Number(string text)
    {
        if (!TryDouble(text, out var number)) return null;
        // Text that is a JSON number stays as written: no digit is lost.
        return TryJson(text) ?? JsonValue.Create(number);
    }

    private static bool TryDouble(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    private static JsonNode? Container(string text) =>
        TryJson(text) is { } json and (JsonObject or JsonArray) ? json : PythonLiteral.TryParseContainer(text);

    private static JsonNode? TryJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return Copy(document.RootElement);
        }
        // The last two: half a surrogate pair, in the text or as an escape.
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A node of its own; of a key that occurs twice the last counts, where JsonNode.Parse would throw on first use.</summary>
    private static JsonNode? Copy(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var copy = new JsonObject();
                foreach (var property in element.EnumerateObject()) copy[property.Name] = Copy(property.Value);
                return copy;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(Copy)]);
            case JsonValueKind.String:
                return JsonValue.Create(element.GetString());
            case JsonValueKind.Null:
                return null;
            default:
                return JsonValue.Create(element.Clone());
        }
    }
}
