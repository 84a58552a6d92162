using System.Text.Json;
using System.Text.Json.Nodes;

namespace NemotronSharp.Training.Data.ConversationSources;

/// <summary>Reads a file of one JSON object per line, with errors that name the line and the field.</summary>
internal static class JsonLines
{
    public static IEnumerable<JsonLine> Read(TextReader reader, string file)
    {
        for (int number = 1; reader.ReadLine() is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            JsonObject json;
            try
            {
                json = JsonNode.Parse(line) as JsonObject ?? throw new InvalidDataException($"{file}, line {number}: found no JSON object, expected one");
            }
            catch (JsonException e)
            {
                throw new InvalidDataException($"{file}, line {number}: not JSON: {e.Message}", e);
            }
            yield return new JsonLine(json, $"{file}, line {number}");
        }
    }
}

/// <summary>One object and where it stands.</summary>
internal readonly record struct JsonLine(JsonObject Json, string Where)
{
    /// <summary>The text at a path such as <c>question.stem</c>.</summary>
    public string Text(string path) => Node(path) is JsonValue value && value.TryGetValue(out string? text) ? text : throw Wrong(path, "a string");

    public JsonArray Array(string path) => Node(path) as JsonArray ?? throw Wrong(path, "an array");

    public InvalidDataException Wrong(string path, string expected) => new($"{Where}: field '{path}': found {Node(path)?.ToJsonString() ?? "nothing"}, expected {expected}");

    private JsonNode? Node(string path)
    {
        JsonNode? node = Json;
        foreach (string name in path.Split('.')) node = (node as JsonObject)?[name];
        return node;
    }
}
