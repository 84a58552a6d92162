using System.Text.Json.Nodes;
using NemotronSharp.Generation;
using NemotronSharp.Text;

namespace NemotronSharp;

/// <summary>One request to a chat model.</summary>
public sealed record ChatOptions
{
    /// <summary>Tools the model may call, in OpenAI's form or as bare function objects.</summary>
    public JsonArray? Tools { get; init; }

    /// <summary>Whether the model reasons before it answers (<c>enable_thinking</c> of the template).</summary>
    public bool Thinking { get; init; } = true;

    /// <summary>Most tokens to generate, reasoning included.</summary>
    public int MaxTokens { get; init; } = 1024;

    /// <summary>How tokens are chosen; null takes the model folder's generation_config.json.</summary>
    public SamplingOptions? Sampling { get; init; }

    /// <summary>Further template variables (<c>truncate_history_thinking</c>, <c>medium_effort</c> …).</summary>
    public IReadOnlyDictionary<string, JsonNode?>? TemplateVariables { get; init; }
}

/// <summary>Why a generation ended.</summary>
public enum FinishReason
{
    /// <summary>The model ended its turn.</summary>
    Stop,

    /// <summary>The model ended its turn with tool calls.</summary>
    ToolCalls,

    /// <summary><see cref="ChatOptions.MaxTokens"/> was reached.</summary>
    Length,
}

/// <summary>What a request took.</summary>
/// <param name="PromptTokens">Tokens of the rendered prompt.</param>
/// <param name="GeneratedTokens">Tokens generated, the stop token included.</param>
/// <param name="PromptTime">From the start to the first token.</param>
/// <param name="DecodeTime">From the first token to the last.</param>
public sealed record ChatStatistics(int PromptTokens, int GeneratedTokens, TimeSpan PromptTime, TimeSpan DecodeTime)
{
    /// <summary>Prompt tokens a second.</summary>
    public double PromptTokensPerSecond => PromptTokens / Math.Max(1e-9, PromptTime.TotalSeconds);

    /// <summary>Generated tokens a second, the first one not counted; 0 when there is no second one.</summary>
    public double DecodeTokensPerSecond => GeneratedTokens < 2 ? 0 : (GeneratedTokens - 1) / Math.Max(1e-9, DecodeTime.TotalSeconds);
}

/// <summary>The last item of a chat stream: the whole message and what it took.</summary>
/// <param name="Message">Reasoning, content and tool calls.</param>
/// <param name="FinishReason">Why it ended.</param>
/// <param name="Statistics">What it took.</param>
public sealed record ChatCompleted(ParsedMessage Message, FinishReason FinishReason, ChatStatistics Statistics) : MessageDelta;
