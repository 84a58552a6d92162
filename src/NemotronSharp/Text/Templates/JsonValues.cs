using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NemotronSharp.Text.Templates;

/// <summary>Turns JSON into values as Python's json.loads does. Every string in it is data: untrusted.</summary>
internal static class JsonValues
{
    /// <exception cref="ChatTemplateException">A key occurs twice, a text holds half of a UTF-16 character, or the data is too much.</exception>
    public static Value From(RenderContext context, JsonNode? node)
    {
        try
        {
            return Convert(context, node);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // A JsonNode tells of these only when it is first used.
            throw context.Error($"the data is not valid: {Excerpt.Of(e.Message, 200)}");
        }
    }

    private static Value Convert(RenderContext context, JsonNode? node)
    {
        context.Step();
        context.EnsureStack();
        switch (node)
        {
            case null: return NoneValue.Instance;
            case JsonArray array: return new ListValue([.. array.Select(item => Convert(context, item))]);
            case JsonObject entries:
                var dict = new DictValue(context.Comparer);
                foreach (var (key, value) in entries) dict.Entries[StringValue.Data(key)] = Convert(context, value);
                return dict;
            default: return FromScalar(context, node.AsValue());
        }
    }

    private static Value FromScalar(RenderContext context, JsonValue value) => value.GetValueKind() switch
    {
        JsonValueKind.String => StringValue.Data(value.GetValue<string>()),
        JsonValueKind.True => BoolValue.True,
        JsonValueKind.False => BoolValue.False,
        JsonValueKind.Number => FromNumber(context, value),
        _ => NoneValue.Instance,
    };

    // 1.0 is a float and 1 an integer, in a parsed document by its digits, in one built in C# by its type.
    private static Value FromNumber(RenderContext context, JsonValue value)
    {
        if (value.TryGetValue<JsonElement>(out var element)) return Number(context, element.GetRawText());
        if (value.TryGetValue<double>(out var number)) return new FloatValue(number);
        return value.TryGetValue<float>(out var single) ? new FloatValue(single) : Number(context, value.ToJsonString());
    }

    private static Value Number(RenderContext context, string digits)
    {
        if (digits.AsSpan().ContainsAny(".eE")) return new FloatValue(double.Parse(digits, CultureInfo.InvariantCulture));
        if (digits.Length > Limits.IntegerDigits) throw context.Error($"the data holds an integer of {digits.Length} digits, expected at most {Limits.IntegerDigits}");
        return new IntValue(BigInteger.Parse(digits, CultureInfo.InvariantCulture));
    }
}
