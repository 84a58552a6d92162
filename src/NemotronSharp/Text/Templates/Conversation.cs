using System.Text.Json.Nodes;

namespace NemotronSharp.Text.Templates;

/// <summary>Turns the messages of a conversation into values: all their text is untrusted, with the one exception below.</summary>
internal static class Conversation
{
    private static readonly string[] ReasoningTags = ["<think>", "</think>"];

    /// <summary>
    /// The exception: in a message of the role "assistant", the tags &lt;think&gt; and &lt;/think&gt; inside its content and reasoning_content
    /// are trusted. That text is the model's own earlier output, where the tags were control tokens, and templates split on them;
    /// as plain text the model would read its own history differently from how it wrote it.
    /// </summary>
    public static Value Messages(RenderContext context, JsonArray messages) =>
        new ListValue([.. messages.Select(message => Message(context, message))]);

    private static Value Message(RenderContext context, JsonNode? message)
    {
        var value = JsonValues.From(context, message);
        if (value is not DictValue dict || Entry(dict, "role") is not StringValue { Text.Value: "assistant" }) return value;
        ToolCallArguments.Parse(context, dict);
        foreach (var key in (ReadOnlySpan<string>)["content", "reasoning_content"])
            if (Entry(dict, key) is { } content) dict.Entries[StringValue.Data(key)] = TrustReasoningTags(context, content);
        return value;
    }

    // A content may be a string or a list of parts, each with its "text".
    private static Value TrustReasoningTags(RenderContext context, Value content)
    {
        if (content is StringValue { Text: var text }) return new StringValue(TrustReasoningTags(context, text));
        if (content is ListValue { Items: var parts })
            foreach (var part in parts.OfType<DictValue>())
                if (Entry(part, "text") is StringValue { Text: var partText }) part.Entries[StringValue.Data("text")] = new StringValue(TrustReasoningTags(context, partText));
        return content;
    }

    private static PromptText TrustReasoningTags(RenderContext context, PromptText text)
    {
        var result = new PromptTextBuilder();
        var start = 0;
        for (var at = NextTag(text.Value, 0, out var tag); tag is not null; at = NextTag(text.Value, start, out tag))
        {
            context.Step();
            result.AppendUntrusted(text.Value.AsSpan(start, at - start)).AppendTrusted(tag);
            start = at + tag.Length;
        }
        return start == 0 ? text : result.AppendUntrusted(text.Value.AsSpan(start)).ToPromptText();
    }

    private static int NextTag(string text, int from, out string? tag)
    {
        for (var at = text.IndexOf('<', from); at >= 0; at = text.IndexOf('<', at + 1))
        {
            tag = Array.Find(ReasoningTags, candidate => text.AsSpan(at).StartsWith(candidate, StringComparison.Ordinal));
            if (tag is not null) return at;
        }
        tag = null;
        return -1;
    }

    private static Value? Entry(DictValue dict, string key) => dict.Entries.TryGetValue(StringValue.Data(key), out var value) ? value : null;
}
