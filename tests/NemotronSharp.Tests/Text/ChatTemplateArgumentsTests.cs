using System.Text.Json.Nodes;
using NemotronSharp.Text;

namespace NemotronSharp.Tests.Text;

/// <summary>Tool-call arguments come as objects or as JSON text; the template sees the same.</summary>
public sealed class ChatTemplateArgumentsTests
{
    private static string Render(JsonNode? arguments, string file, bool wrapped)
    {
        var call = new JsonObject { ["name"] = "look", ["arguments"] = arguments };
        var messages = new JsonArray(
            new JsonObject { ["role"] = "user", ["content"] = "Look." },
            new JsonObject { ["role"] = "assistant", ["content"] = "", ["tool_calls"] = new JsonArray(wrapped ? new JsonObject { ["type"] = "function", ["function"] = call } : call) });
        return ChatTemplateFiles.Load(file).Render(messages, addGenerationPrompt: false).Value;
    }

    public static TheoryData<string> Files => [.. ChatTemplateFiles.All];

    [Theory]
    [MemberData(nameof(Files))]
    public void Json_text_renders_like_the_object(string file)
    {
        const string Json = """{"at": "the sea", "days": 3, "deep": {"a": [1, null]}, "flag": true}""";
        foreach (var wrapped in new[] { true, false })
            Assert.Equal(Render(JsonNode.Parse(Json), file, wrapped), Render(Json, file, wrapped));
        Assert.Equal(Render(new JsonObject(), file, true), Render("", file, true));
    }

    [Theory]
    [InlineData("{\"at\":")]
    [InlineData("[1]")]
    [InlineData("sea")]
    [InlineData("{\"at\": 1, \"at\": 2}")]
    public void Text_that_is_no_object_names_the_call(string text) =>
        Assert.Contains("tool call 'look'", Assert.Throws<ChatTemplateException>(() => Render(text, ChatTemplateFiles.All[0], true)).Message);
}
