using System.Text.Json.Nodes;
using NemotronSharp.Text;

namespace NemotronSharp.Training.Tests.Data;

/// <summary>pico's chat template, as the repository holds it.</summary>
internal static class TestTemplate
{
    public static ChatTemplate Template { get; } = ChatTemplate.Parse(File.ReadAllText(DataFolder.Template), "chat_template.jinja");

    public static PromptText Render(IEnumerable<JsonNode> messages, JsonArray? tools, bool generationPrompt, bool thinking) =>
        Template.Render([.. messages.Select(m => m.DeepClone())], tools, generationPrompt, new Dictionary<string, JsonNode?> { ["enable_thinking"] = thinking });
}
