using System.Text.Json.Nodes;

namespace NemotronSharp.Training.Data.Tasks;

/// <summary>Writes the same properties as JSON Schema, as a TypeScript type, or as an example with the types in place of values.</summary>
internal static class JsonSchemas
{
    public static string Write(SeededRandom random, IReadOnlyList<JsonField> fields) => random.Next(10) switch
    {
        < 5 => JsonTask.Write(Schema(fields)),
        < 7 => TypeScript(fields),
        _ => JsonTask.Write(Example(fields)),
    };

    private static JsonObject Schema(IReadOnlyList<JsonField> fields) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject(fields.Select(f => KeyValuePair.Create(f.Key, (JsonNode?)Property(f)))),
    };

    private static JsonObject Property(JsonField field) => field.Kind switch
    {
        JsonKind.Object => Schema(field.Inner!),
        JsonKind.Array => new() { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } },
        JsonKind.Enum => new() { ["enum"] = new JsonArray([.. field.Choices!.Select(c => (JsonNode)c)]) },
        _ => new() { ["type"] = field.Kind.ToString().ToLowerInvariant() },
    };

    private static string TypeScript(IReadOnlyList<JsonField> fields) => "{ " + string.Join("; ", fields.Select(f => $"{f.Key}: {TypeName(f)}")) + " }";

    private static string TypeName(JsonField field) => field.Kind switch
    {
        JsonKind.Object => TypeScript(field.Inner!),
        JsonKind.Array => "string[]",
        JsonKind.Enum => string.Join(" | ", field.Choices!.Select(c => $"\"{c}\"")),
        JsonKind.Integer => "integer",
        _ => field.Kind.ToString().ToLowerInvariant(),
    };

    private static JsonObject Example(IReadOnlyList<JsonField> fields) => new(fields.Select(f => KeyValuePair.Create(f.Key, f.Kind switch
    {
        JsonKind.Object => Example(f.Inner!),
        JsonKind.Array => new JsonArray("string"),
        JsonKind.Enum => string.Join(" or ", f.Choices!),
        _ => (JsonNode?)f.Kind.ToString().ToLowerInvariant(),
    })));
}
