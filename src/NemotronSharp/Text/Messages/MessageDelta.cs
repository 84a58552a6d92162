using System.Text.Json.Nodes;

namespace NemotronSharp.Text;

/// <summary>
/// One step of a message while it is generated. The set is closed: <see cref="ReasoningDelta"/>, <see cref="ContentDelta"/>,
/// <see cref="ToolCallStarted"/>, <see cref="ToolArgumentsDelta"/>, <see cref="ToolCallCompleted"/>.
/// </summary>
public abstract record MessageDelta
{
    private protected MessageDelta() { }
}

/// <summary>More of the reasoning trace.</summary>
public sealed record ReasoningDelta(string Text) : MessageDelta;

/// <summary>More of the answer.</summary>
public sealed record ContentDelta(string Text) : MessageDelta;

/// <summary>Call number <paramref name="Index"/> (from 0) of the message begins; its arguments follow.</summary>
public sealed record ToolCallStarted(int Index, string Name) : MessageDelta;

/// <summary>The next piece of the JSON text of a call's arguments. The pieces of one call concatenate to one JSON object.</summary>
public sealed record ToolArgumentsDelta(int Index, string Json) : MessageDelta;

/// <summary>Call number <paramref name="Index"/> is whole.</summary>
public sealed record ToolCallCompleted(int Index, ToolCall Call) : MessageDelta;

/// <summary>A call the model asks for: the tool's name as written (known or not) and its arguments, typed by the tool's schema.</summary>
public sealed record ToolCall(string Name, JsonObject Arguments);

/// <summary>A finished message. <c>Reasoning</c> and <c>Content</c> are null when the model wrote none.</summary>
public sealed record ParsedMessage(string? Reasoning, string? Content, IReadOnlyList<ToolCall> ToolCalls);

/// <summary>How <see cref="MessageParser"/> treats an answer that never left its reasoning.</summary>
public sealed record MessageParserOptions
{
    /// <summary>
    /// When the output ends with neither content nor a call, its reasoning becomes the content. This always holds where the
    /// prompt closed the think block (thinking off); the option asks for it with thinking on.
    /// </summary>
    public bool ForceNonEmptyContent { get; init; }
}
