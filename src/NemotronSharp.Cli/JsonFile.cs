using System.Text.Json;
using System.Text.Json.Nodes;

namespace NemotronSharp.Cli;

/// <summary>JSON that a command's option names.</summary>
internal static class JsonFile
{
    /// <exception cref="InvalidDataException">The file holds no JSON list of objects; the message names the option, the file and the place.</exception>
    public static JsonArray ReadObjects(string option, string path, string what)
    {
        if (Parse(InputText.Read(path), $"{option} {path}") is not JsonArray list)
            throw new InvalidDataException($"{option} {path}: expected a JSON list of {what}");
        for (var i = 0; i < list.Count; i++)
            if (list[i] is not JsonObject) throw new InvalidDataException($"{option} {path}: entry {i}: found {Shorten(list[i]?.ToJsonString() ?? "null")}, expected an object");
        return list;
    }

    private static string Shorten(string json) => json.Length <= 80 ? json : json[..79] + "…";

    /// <exception cref="InvalidDataException">The text is no JSON; the message names <paramref name="source"/> and the place.</exception>
    public static JsonNode? Parse(string text, string source)
    {
        try
        {
            // Checked for double keys here: a JsonNode would find them only when it is first used.
            return JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{source}: not JSON: {e.Message}", e);
        }
    }
}
