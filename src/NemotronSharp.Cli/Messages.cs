using System.Text.Json.Nodes;
using NemotronSharp.Text;

namespace NemotronSharp.Cli;

/// <summary>Messages in OpenAI's form, as chat templates read them.</summary>
internal static class Messages
{
    public static JsonObject System(string text) => new() { ["role"] = "system", ["content"] = text };

    public static JsonObject User(string text) => new() { ["role"] = "user", ["content"] = text };

    /// <summary>The answer for the history, reasoning included: whether it is shown again is for the template to decide.</summary>
    public static JsonObject Assistant(ParsedMessage message)
    {
        var json = new JsonObject { ["role"] = "assistant", ["content"] = message.Content ?? "" };
        if (message.Reasoning is not null) json["reasoning_content"] = message.Reasoning;
        if (message.ToolCalls.Count > 0) json["tool_calls"] = ToolCalls(message.ToolCalls);
        return json;
    }

    public static JsonArray ToolCalls(IReadOnlyList<ToolCall> calls) => new([.. calls.Select(call => new JsonObject
    {
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = call.Arguments.DeepClone() },
    })]);
}
