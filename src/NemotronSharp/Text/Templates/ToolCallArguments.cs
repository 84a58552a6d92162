using System.Text.Json;
using System.Text.Json.Nodes;

namespace NemotronSharp.Text.Templates;

/// <summary>
/// Arguments of tool calls as objects. OpenAI's clients send them as JSON text, templates walk them as a mapping:
/// they are parsed before the template sees them.
/// </summary>
internal static class ToolCallArguments
{
    /// <summary>Parses the arguments of a message's calls in place.</summary>
    /// <exception cref="ChatTemplateException">A text is no JSON object; the message names the call.</exception>
    public static void Parse(RenderContext context, DictValue message)
    {
        if (Entry(message, "tool_calls") is not ListValue { Items: var calls }) return;
        foreach (var call in calls.OfType<DictValue>())
        {
            var function = Entry(call, "function") as DictValue ?? call;
            if (Entry(function, "arguments") is StringValue { Text.Value: var json })
                function.Entries[StringValue.Data("arguments")] = Parse(context, json, Entry(function, "name") as StringValue);
        }
    }

    private static Value Parse(RenderContext context, string json, StringValue? name)
    {
        // Some clients send nothing for a call without arguments.
        if (string.IsNullOrWhiteSpace(json)) return JsonValues.From(context, new JsonObject());
        JsonNode? node = null;
        try
        {
            node = JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            // Reported below with the call's name.
        }

        if (node is not JsonObject) throw context.Error($"tool call '{name?.Text.Value}': arguments: found a text that is no JSON object, expected an object or its JSON text");
        return JsonValues.From(context, node);
    }

    private static Value? Entry(DictValue dict, string key) => dict.Entries.TryGetValue(StringValue.Data(key), out var value) ? value : null;
}
