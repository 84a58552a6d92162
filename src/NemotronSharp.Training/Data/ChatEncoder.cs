using System.Text.Json.Nodes;
using NemotronSharp.Text;

namespace NemotronSharp.Training.Data;

/// <summary>
/// Turns conversations into training chunks by the family's rules: everything up to a generation prompt is context,
/// what follows it through <c>&lt;|im_end|&gt;\n</c> is learned; a conversation with reasoning gives one sample per user message,
/// with the reasoning of earlier turns emptied by the template as at inference. For one thread.
/// </summary>
internal sealed class ChatEncoder(ChatTemplate template)
{
    private const string Close = "</think>";
    private static readonly Dictionary<string, JsonNode?> _thinking = new() { ["enable_thinking"] = true };
    private static readonly Dictionary<string, JsonNode?> _remembering = new() { ["enable_thinking"] = true, ["truncate_history_thinking"] = false };
    private static readonly Dictionary<string, JsonNode?> _notThinking = new() { ["enable_thinking"] = false };

    /// <summary>The samples of one conversation, each a list of chunks in order.</summary>
    /// <param name="conversation">Messages that end with an assistant turn.</param>
    /// <param name="learnClose">Whether the mark that ends the reasoning is learned.</param>
    /// <param name="keepReasoning">One sample with the reasoning of every turn in it, instead of one a user message.</param>
    public IEnumerable<IReadOnlyList<ChatChunk>> Samples(Conversation conversation, bool learnClose = true, bool keepReasoning = false)
    {
        var messages = conversation.Messages.Select(m => m!).ToArray();
        if (!conversation.Thinking || keepReasoning)
        {
            yield return Chunks(conversation, messages, 0, learnClose, conversation.Thinking ? _remembering : _notThinking);
            yield break;
        }
        var users = Enumerable.Range(0, messages.Length).Where(i => IsRole(messages[i], "user")).ToArray();
        for (int u = 0; u < users.Length; u++)
        {
            int end = u + 1 < users.Length ? users[u + 1] : messages.Length;
            yield return Chunks(conversation, messages[..end], users[u], learnClose, _thinking);
        }
    }

    /// <summary>The prompt of an evaluation case: the first messages of the conversation and the generation prompt.</summary>
    public PromptText Prompt(Conversation conversation) =>
        Render(conversation, conversation.Messages.Take(conversation.PromptMessages), generationPrompt: true, conversation.Thinking ? _thinking : _notThinking);

    private List<ChatChunk> Chunks(Conversation conversation, JsonNode[] messages, int learnFrom, bool learnClose, Dictionary<string, JsonNode?> variables)
    {
        var chunks = new List<ChatChunk>();
        int done = 0;
        for (int i = learnFrom; i < messages.Length; i++)
        {
            if (!IsRole(messages[i], "assistant")) continue;
            var prompt = Render(conversation, messages.Take(i), generationPrompt: true, variables);
            var whole = Render(conversation, messages.Take(i + 1), generationPrompt: false, variables);
            if (!whole.Value.StartsWith(prompt.Value, StringComparison.Ordinal))
                throw new InvalidDataException($"{template.Name}: the generation prompt does not begin the assistant's turn; prompt ends '{Tail(prompt.Value)}', turn ends '{Tail(whole.Value)}'");
            if (prompt.Length < done) throw new InvalidDataException($"{template.Name}: a later turn rewrites an earlier learned one");
            chunks.Add(new ChatChunk(whole.Slice(done, prompt.Length - done), false));
            int from = prompt.Length, close = learnClose ? -1 : whole.Value.IndexOf(Close, from, StringComparison.Ordinal);
            if (close >= 0)
            {
                chunks.Add(new ChatChunk(whole.Slice(from, close - from), true));
                chunks.Add(new ChatChunk(whole.Slice(close, Close.Length), false));
                from = close + Close.Length;
            }
            chunks.Add(new ChatChunk(whole.Slice(from, whole.Length - from), true));
            done = whole.Length;
        }
        return chunks;
    }

    private PromptText Render(Conversation conversation, IEnumerable<JsonNode?> messages, bool generationPrompt, Dictionary<string, JsonNode?> variables) =>
        template.Render([.. messages.Select(m => m!.DeepClone())], conversation.Tools, generationPrompt, variables);

    private static bool IsRole(JsonNode message, string role) => (string)message["role"]! == role;

    private static string Tail(string text) => text[^Math.Min(60, text.Length)..];
}

/// <summary>A stretch of a rendered conversation that is tokenized on its own; learned or only context.</summary>
internal readonly record struct ChatChunk(PromptText Text, bool Learned);
