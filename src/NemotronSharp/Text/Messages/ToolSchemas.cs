using System.Text.Json.Nodes;

namespace NemotronSharp.Text;

[Flags]
internal enum JsonKinds
{
    None = 0,
    String = 1,
    Integer = 2,
    Number = 4,
    Boolean = 8,
    Object = 16,
    Array = 32,
}

/// <summary>What a tool's schema says of one parameter: the kinds it allows and, where no type is given, its allowed values.</summary>
internal readonly record struct ParameterType(JsonKinds Kinds, IReadOnlyList<JsonNode?>? Values = null)
{
    /// <summary>Anything that is not declared is a string.</summary>
    public bool IsPlainString => Values is null && Kinds is JsonKinds.None or JsonKinds.String;
}

/// <summary>The parameter types of the offered tools, read from their JSON schemas.</summary>
internal sealed class ToolSchemas
{
    // References may form a circle, and nobody nests unions deeper than this.
    private const int DeepestReference = 16;

    private readonly Dictionary<string, JsonObject?> _parameters = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">A tool is not an object or has no name.</exception>
    public ToolSchemas(JsonArray? tools)
    {
        for (var i = 0; i < (tools?.Count ?? 0); i++)
        {
            var function = tools![i] is JsonObject tool ? tool["function"] as JsonObject ?? tool : null;
            if (function is null || AsString(function["name"]) is not { Length: > 0 } name)
                throw new ArgumentException($"tools[{i}]: expected a function object with a name, found {tools[i]?.ToJsonString() ?? "null"}", nameof(tools));
            _parameters[name] = function["parameters"] as JsonObject;
        }
    }

    public ParameterType TypeOf(string tool, string parameter)
    {
        if (!_parameters.TryGetValue(tool, out var schema) || schema?["properties"] is not JsonObject properties) return default;
        var kinds = JsonKinds.None;
        var values = new List<JsonNode?>();
        Collect(properties[parameter] as JsonObject, schema, ref kinds, values, 0);
        return new ParameterType(kinds, kinds == JsonKinds.None && values.Count > 0 ? values : null);
    }

    private static void Collect(JsonObject? schema, JsonObject root, ref JsonKinds kinds, List<JsonNode?> values, int depth)
    {
        if (schema is null || depth > DeepestReference) return;
        var before = kinds;
        foreach (var type in Items(schema["type"])) kinds |= KindOf(AsString(type));
        foreach (var union in (ReadOnlySpan<string>)["anyOf", "oneOf", "allOf"])
            foreach (var branch in (schema[union] as JsonArray) ?? [])
                Collect(branch as JsonObject, root, ref kinds, values, depth + 1);
        if (AsString(schema["$ref"]) is { } reference) Collect(Resolve(reference, root), root, ref kinds, values, depth + 1);
        if (kinds != before) return;
        if (schema.ContainsKey("properties")) kinds |= JsonKinds.Object;
        if (schema.ContainsKey("items")) kinds |= JsonKinds.Array;
        values.AddRange((schema["enum"] as JsonArray) ?? []);
        if (schema.TryGetPropertyValue("const", out var constant)) values.Add(constant);
    }

    /// <summary>The schema's own names, and those that generators of tool lists take from Python.</summary>
    private static JsonKinds KindOf(string? type) => type?.ToLowerInvariant() switch
    {
        "string" or "str" or "text" => JsonKinds.String,
        "integer" or "int" => JsonKinds.Integer,
        "number" or "float" or "double" => JsonKinds.Number,
        "boolean" or "bool" => JsonKinds.Boolean,
        "object" or "dict" => JsonKinds.Object,
        "array" or "list" or "tuple" => JsonKinds.Array,
        _ => JsonKinds.None,
    };

    private static JsonObject? Resolve(string reference, JsonObject root)
    {
        if (!reference.StartsWith("#/", StringComparison.Ordinal)) return null;
        JsonNode? node = root;
        foreach (var part in reference[2..].Split('/'))
            node = (node as JsonObject)?[part.Replace("~1", "/").Replace("~0", "~")];
        return node as JsonObject;
    }

    private static IReadOnlyList<JsonNode?> Items(JsonNode? node) => node is JsonArray array ? [.. array] : (JsonNode?[])[node];

    private static string? AsString(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
