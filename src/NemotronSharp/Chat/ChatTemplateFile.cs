using System.Text.Json.Nodes;
using NemotronSharp.Configuration;
using NemotronSharp.Text;

namespace NemotronSharp;

/// <summary>Finds a model folder's own chat template: chat_template.jinja, or the field of tokenizer_config.json. Nothing is chosen by model name.</summary>
public static class ChatTemplateFile
{
    private static readonly string[] SpecialTokenFields = ["bos_token", "eos_token", "unk_token", "pad_token"];

    /// <summary>The template of a folder, with the special tokens that tokenizer_config.json names (<c>{{ bos_token }}</c>).</summary>
    /// <exception cref="InvalidDataException">The folder has none, or its tokenizer_config.json is malformed.</exception>
    /// <exception cref="ChatTemplateException">The template cannot be parsed.</exception>
    public static ChatTemplate Load(string folder)
    {
        var (source, text, config) = Find(folder);
        return ChatTemplate.Parse(text, source, specialTokens: SpecialTokens(config));
    }

    /// <summary>The template's text.</summary>
    /// <exception cref="InvalidDataException">As for <see cref="Load"/>.</exception>
    internal static string Text(string folder) => Find(folder).Text;

    private static (string Source, string Text, JsonObject? Config) Find(string folder)
    {
        var file = Path.Combine(folder, "chat_template.jinja");
        var configPath = Path.Combine(folder, "tokenizer_config.json");
        var config = ReadConfig(configPath);
        if (File.Exists(file)) return (file, File.ReadAllText(file), config);
        if (InConfig(config, configPath) is { } text) return ($"{configPath}: chat_template", text, config);
        throw new InvalidDataException($"{folder}: found no chat template, expected chat_template.jinja or the field 'chat_template' in tokenizer_config.json");
    }

    private static JsonObject? ReadConfig(string path)
    {
        if (!File.Exists(path)) return null;
        var node = JsonText.Parse(File.ReadAllText(path), path);
        return node as JsonObject ?? throw new InvalidDataException($"{path}: found {node?.GetValueKind().ToString() ?? "null"}, expected an object");
    }

    // A token is its text, or an object that holds it under "content".
    private static Dictionary<string, string> SpecialTokens(JsonObject? config)
    {
        var tokens = new Dictionary<string, string>();
        foreach (var field in SpecialTokenFields)
            if ((config?[field] is JsonObject token ? token["content"] : config?[field]) is JsonValue value && value.TryGetValue<string>(out var text)) tokens[field] = text;
        return tokens;
    }

    private static string? InConfig(JsonObject? config, string path) => config?["chat_template"] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var source) => source,
        // Some folders hold several named templates; "default" is the one that transformers takes.
        JsonArray list => list.OfType<JsonObject>().Where(t => t["name"] is JsonValue name && name.TryGetValue<string>(out var text) && text == "default")
            .Select(t => t["template"] is JsonValue template && template.TryGetValue<string>(out var source) ? source : null).FirstOrDefault(),
        var other => throw new InvalidDataException($"{path}: field 'chat_template': found {other.GetValueKind()}, expected a string or a list of named templates"),
    };
}
