using System.Text.Json;
using System.Text.Json.Nodes;

namespace NemotronSharp.Configuration;

/// <summary>
/// JSON from outside, checked whole: nested at most 64 deep, no key twice, no half of a UTF-16 character. System.Text.Json finds the last two
/// only when a node is first used, and then with exceptions of other types.
/// </summary>
internal static class JsonText
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <summary>A text's value; null for JSON's null.</summary>
    /// <exception cref="InvalidDataException">The text is not valid JSON; the message names <paramref name="source"/> and the place.</exception>
    public static JsonNode? Parse(string json, string source)
    {
        try
        {
            using (var document = JsonDocument.Parse(json, Options)) CheckTexts(document.RootElement);
            return JsonNode.Parse(json, documentOptions: Options);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw NotValid(source, e);
        }
    }

    /// <summary>The same as a document, which the caller disposes.</summary>
    /// <exception cref="InvalidDataException">As for <see cref="Parse"/>.</exception>
    public static JsonDocument ParseDocument(string json, string source)
    {
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(json, Options);
            CheckTexts(document.RootElement);
            return document;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            document?.Dispose();
            throw NotValid(source, e);
        }
    }

    /// <summary>What the parser says of a text that is not valid.</summary>
    public static InvalidDataException NotValid(string source, Exception error) => new($"{source}: not valid JSON: {Excerpt.Of(error.Message, 300)}", error);

    private static void CheckTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray()) CheckTexts(item);
                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    _ = property.Name;
                    CheckTexts(property.Value);
                }

                break;
        }
    }
}
