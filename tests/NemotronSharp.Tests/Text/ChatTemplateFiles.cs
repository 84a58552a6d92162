using System.Text.Json.Nodes;
using NemotronSharp.Text;

namespace NemotronSharp.Tests.Text;

/// <summary>The three template files in circulation, read unmodified, and short ways to render with them.</summary>
internal static class ChatTemplateFiles
{
    public const string Nano = "NVIDIA-Nemotron-3-Nano-30B-A3B-BF16.ik_llama.jinja";
    public const string Ultra = "nemotron35_chat_template.jinja2";
    public const string Omni = "nemotron3nano_chat_template.jinja2";

    public static IReadOnlyList<string> All { get; } = [Nano, Ultra, Omni];

    public static string PathOf(string file) => Path.GetFullPath(RepoPaths.Shared("data", "chat_templates", file));

    public static ChatTemplate Load(string file) => ChatTemplate.Parse(File.ReadAllText(PathOf(file)), file);

    public static string Render(string file, string messages, string? tools = null, bool prompt = true, string? variables = null) =>
        Load(file).Render(Json(messages), tools is null ? null : Json(tools), prompt, Variables(variables)).Value;

    public static JsonArray Json(string text) => JsonNode.Parse(text)!.AsArray();

    public static Dictionary<string, JsonNode?>? Variables(string? json) =>
        json is null ? null : JsonNode.Parse(json)!.AsObject().ToDictionary(entry => entry.Key, entry => entry.Value);
}
