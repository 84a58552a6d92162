using NemotronSharp.Generation;
using NemotronSharp.Text;

namespace NemotronSharp;

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
    /// <summary>What drafting ahead has brought.</summary>
    public SpeculationStatistics Speculation { get; init; }

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
