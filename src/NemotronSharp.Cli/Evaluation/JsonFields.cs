using System.Text.Json.Nodes;

namespace NemotronSharp.Cli.Evaluation;

/// <summary>Fields of a JSON object that a command reads; an error names the place and the field, what was found and what was expected.</summary>
/// <param name="json">The object.</param>
/// <param name="where">File and line, or file and path inside it.</param>
internal sealed class JsonFields(JsonObject json, string where)
{
    /// <exception cref="InvalidDataException">The text is no JSON object.</exception>
    public static JsonFields Parse(string text, string where) => Of(JsonFile.Parse(text, where), where);

    /// <exception cref="InvalidDataException">The node is no object.</exception>
    public static JsonFields Of(JsonNode? node, string where) =>
        node is JsonObject found ? new(found, where) : throw new InvalidDataException($"{where}: found {Show(node)}, expected an object");

    public bool Has(string field) => json[field] is not null;

    public string Text(string field) => Value<string>(field, "a string");

    public bool Flag(string field) => Value<bool>(field, "true or false");

    public double Number(string field) => Value<double>(field, "a number");

    /// <summary>A whole number that is not negative.</summary>
    public int Count(string field) => Value<int>(field, "a whole number, at least 0") is >= 0 and var count ? count : throw Wrong(field, "a whole number, at least 0");

    public JsonFields Object(string field) => json[field] is JsonObject found ? new(found, $"{where}: {field}") : throw Wrong(field, "an object");

    public JsonObject Node(string field) => json[field] as JsonObject ?? throw Wrong(field, "an object");

    /// <summary>The field's value, whatever it is; null when there is none.</summary>
    public JsonNode? Optional(string field) => json[field];

    public JsonArray Array(string field) => json[field] as JsonArray ?? throw Wrong(field, "a list");

    /// <summary>A list of objects.</summary>
    public IEnumerable<JsonFields> Objects(string field) => Array(field).Select((node, i) => Of(node, $"{where}: {field}[{i}]"));

    /// <summary>A list of whole numbers that are not negative.</summary>
    public int[] Counts(string field) => [.. Array(field).Select(node => node is JsonValue value && value.TryGetValue<int>(out var count) && count >= 0 ? count : throw Wrong(node, $"{field}[]", "a whole number, at least 0"))];

    public string[] Texts(string field) => [.. Array(field).Select(node => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : throw Wrong(node, $"{field}[]", "a string"))];

    public InvalidDataException Wrong(string field, string expected) => Wrong(json[field], field, expected);

    private T Value<T>(string field, string expected) => json[field] is JsonValue value && value.TryGetValue<T>(out var found) ? found : throw Wrong(field, expected);

    private InvalidDataException Wrong(JsonNode? node, string field, string expected) => new($"{where}: field '{field}': found {Show(node)}, expected {expected}");

    private static string Show(JsonNode? node)
    {
        const int Longest = 60;
        var text = node?.ToJsonString(CliJson.Compact) ?? "nothing";
        return text.Length > Longest ? text[..Longest] + "…" : text;
    }
}
