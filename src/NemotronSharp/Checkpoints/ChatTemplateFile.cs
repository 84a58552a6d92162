using System.Text.Json;
using System.Text.Json.Nodes;
using NemotronSharp.Text;

namespace NemotronSharp.Checkpoints;

/// <summary>Finds a model folder's own chat template: chat_template.jinja, or the field of tokenizer_config.json. Nothing is chosen by model name.</summary>
public static class ChatTemplateFile
{
    /// <summary>The template of a folder.</summary>
    /// <exception cref="InvalidDataException">The folder has none, or its tokenizer_config.json is malformed.</exception>
    /// <exception cref="ChatTemplateException">The template cannot be parsed.</exception>
    public static ChatTemplate Load(string folder)
    {
        var file = Path.Combine(folder, "chat_template.jinja");
        if (File.Exists(file)) return ChatTemplate.Parse(File.ReadAllText(file), file);
        var config = Path.Combine(folder, "tokenizer_config.json");
        if (File.Exists(config) && FromTokenizerConfig(config) is { } source) return ChatTemplate.Parse(source, $"{config}: chat_template");
        throw new InvalidDataException($"{folder}: found no chat template, expected chat_template.jinja or the field 'chat_template' in tokenizer_config.json");
    }

    private static string? FromTokenizerConfig(string path)
    {
        try
        {
            var field = (JsonNode.Parse(File.ReadAllText(path)) as JsonObject)?["chat_template"];
            return field switch
            {
                null => null,
                JsonValue value when value.TryGetValue<string>(out var source) => source,
                // Some folders hold several named templates; "default" is the one that transformers takes.
                JsonArray list => list.OfType<JsonObject>().FirstOrDefault(t => (string?)t["name"] == "default")?["template"]?.GetValue<string>(),
                _ => throw new InvalidDataException($"{path}: field 'chat_template': found {field.GetValueKind()}, expected a string or a list of named templates"),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }
}
