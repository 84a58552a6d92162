using System.Text;
using System.Text.Json.Nodes;

namespace NemotronSharp.Training.Data;

/// <summary>The evaluation cases of one run: written as JSON lines, and known by their prompts so that training never sees one. For one thread.</summary>
internal sealed class HeldOutCases
{
    private readonly HashSet<ulong> _prompts = [];

    /// <summary>Makes a case of the conversation; false when it has nothing to check or its prompt is a case already.</summary>
    public bool TryAdd(Conversation conversation) =>
        conversation.Judged.Count > 0 && _prompts.Add(Prompts(conversation).ElementAt(PromptNumber(conversation)));

    /// <summary>Whether any prompt inside the conversation is the prompt of a case.</summary>
    public bool Holds(Conversation conversation) => Prompts(conversation).Any(_prompts.Contains);

    /// <summary>
    /// One case as a JSON object: id, task, messages, tools, thinking, the place of a long text (document), and steps: what the next assistant turn must show (expect),
    /// and the messages that follow it (then) before the step after.
    /// </summary>
    public static JsonObject ToJson(Conversation conversation, string id)
    {
        var json = new JsonObject
        {
            ["id"] = id,
            ["task"] = conversation.Task,
            ["thinking"] = conversation.Thinking,
            ["messages"] = new JsonArray([.. conversation.Messages.Take(conversation.PromptMessages).Select(m => Message(conversation, m!))]),
        };
        if (conversation.Tools is not null) json["tools"] = conversation.Tools.DeepClone();
        if (conversation.Document is not null) json["document"] = conversation.Document.ToJson();
        json["steps"] = new JsonArray([.. conversation.Judged.Select((turn, i) => (JsonNode)Step(conversation, i))]);
        return json;
    }

    private static JsonNode Message(Conversation conversation, JsonNode message)
    {
        var copy = message.DeepClone();
        if (conversation.Document is { } document)
            copy["content"] = ((string)copy["content"]!).Replace(document.Text, DocumentSlice.Placeholder, StringComparison.Ordinal);
        return copy;
    }

    private static JsonObject Step(Conversation conversation, int index)
    {
        var turn = conversation.Judged[index];
        var step = new JsonObject { ["expect"] = turn.Expect.ToJson() };
        if (index + 1 < conversation.Judged.Count)
            step["then"] = new JsonArray([.. conversation.Messages.Take(conversation.Judged[index + 1].Message).Skip(turn.Message + 1).Select(m => m!.DeepClone())]);
        return step;
    }

    // One hash for the prompt before each assistant turn: tool names, then roles and texts, in lower case and without white space.
    private static IEnumerable<ulong> Prompts(Conversation conversation)
    {
        var text = new StringBuilder();
        foreach (var tool in conversation.Tools ?? []) Append(text, (string)tool!["function"]!["name"]!);
        foreach (var message in conversation.Messages)
        {
            string role = (string)message!["role"]!;
            if (role == "assistant") yield return StableHash.Of(text.ToString());
            text.Append('|').Append(role).Append('|');
            Append(text, (string)message["content"]!);
        }
    }

    private static int PromptNumber(Conversation conversation) =>
        conversation.Messages.Take(conversation.PromptMessages).Count(m => (string)m!["role"]! == "assistant");

    private static void Append(StringBuilder text, string value)
    {
        foreach (char c in value)
            if (!char.IsWhiteSpace(c)) text.Append(char.ToLowerInvariant(c));
        text.Append(' ');
    }
}
