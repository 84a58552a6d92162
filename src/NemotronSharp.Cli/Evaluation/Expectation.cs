using System.Text.Json;
using System.Text.Json.Nodes;
using NemotronSharp.Text;

namespace NemotronSharp.Cli.Evaluation;

/// <summary>What a right assistant turn shows.</summary>
/// <param name="Contains">Texts that the content must contain, all of them.</param>
/// <param name="Function">Name of the one call expected; null when there must be none.</param>
/// <param name="Arguments">Its exact arguments.</param>
/// <param name="Json">The value that the whole content must be, as JSON; null when anything may be.</param>
internal sealed record Expectation(string[] Contains, string? Function, JsonObject? Arguments, JsonNode? Json)
{
    public static Expectation Read(JsonFields fields)
    {
        var call = fields.Has("tool_call") ? fields.Object("tool_call") : null;
        return new Expectation(fields.Texts("contains"), call?.Text("name"), call?.Node("arguments"), fields.Optional("json"));
    }

    /// <summary>Whether a message shows all that is expected, and calls nothing that is not.</summary>
    public bool IsMetBy(ParsedMessage message)
    {
        if (!Contains.All(text => message.Content?.Contains(text, StringComparison.Ordinal) == true)) return false;
        if (Json is not null && !IsJson(message.Content)) return false;
        if (Function is null) return message.ToolCalls.Count == 0;
        return message.ToolCalls is [var call] && call.Name == Function && JsonNode.DeepEquals(call.Arguments, Arguments);
    }

    private bool IsJson(string? content)
    {
        try
        {
            return content is not null && JsonNode.DeepEquals(JsonNode.Parse(content, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }), Json);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
