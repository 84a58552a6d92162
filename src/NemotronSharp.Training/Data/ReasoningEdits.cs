using System.Text.Json.Nodes;

namespace NemotronSharp.Training.Data;

/// <summary>Variants of a conversation that teach control over reasoning: the same answer without it, or after only a part of it.</summary>
internal static class ReasoningEdits
{
    private const string Field = "reasoning_content";

    /// <summary>The conversation as it would be with thinking switched off.</summary>
    public static Conversation Strip(Conversation conversation) => Copy(conversation, thinking: false, _ => null);

    /// <summary>Every trace cut between two words at a budget of its own; the answers stay. A trace of one word stays whole.</summary>
    public static Conversation Truncate(Conversation conversation, SeededRandom random) => Copy(conversation, conversation.Thinking, reasoning =>
    {
        string[] words = reasoning.Split(' ');
        return words.Length < 2 ? reasoning : string.Join(' ', words.Take(random.Between(1, words.Length - 1)));
    });

    private static Conversation Copy(Conversation conversation, bool thinking, Func<string, string?> edit)
    {
        var copy = new Conversation(conversation.Task, thinking) { Tools = (JsonArray?)conversation.Tools?.DeepClone() };
        foreach (var message in conversation.Messages)
        {
            var edited = message!.DeepClone().AsObject();
            if ((string?)edited[Field] is { } reasoning)
            {
                edited.Remove(Field);
                if (edit(reasoning) is { } kept) edited[Field] = kept;
            }
            copy.Messages.Add((JsonNode)edited);
        }
        return copy;
    }
}
