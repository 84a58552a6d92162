using System.Text.Json.Nodes;
using NemotronSharp.Text;

namespace NemotronSharp.Cli;

/// <summary>A finished answer as one JSON object, with OpenAI's names where OpenAI has one.</summary>
internal static class AnswerJson
{
    public static JsonObject Of(ChatCompleted answer)
    {
        var (prompt, generated) = (answer.Statistics.PromptTokens, answer.Statistics.GeneratedTokens);
        return new JsonObject
        {
            ["reasoning"] = answer.Message.Reasoning,
            ["content"] = answer.Message.Content,
            ["tool_calls"] = new JsonArray([.. answer.Message.ToolCalls.Select(ToolCall)]),
            ["finish_reason"] = answer.FinishReason switch
            {
                FinishReason.Stop => "stop",
                FinishReason.ToolCalls => "tool_calls",
                FinishReason.Length => "length",
                _ => throw new InvalidOperationException($"finish reason {answer.FinishReason} has no name"),
            },
            ["usage"] = new JsonObject { ["prompt_tokens"] = prompt, ["completion_tokens"] = generated, ["total_tokens"] = prompt + generated },
            ["speculation"] = new JsonObject
            {
                ["steps"] = answer.Statistics.Speculation.Steps,
                ["drafted"] = answer.Statistics.Speculation.Drafted,
                ["accepted"] = answer.Statistics.Speculation.Accepted,
            },
            ["timings"] = new JsonObject
            {
                ["prompt_ms"] = Math.Round(answer.Statistics.PromptTime.TotalMilliseconds, 3),
                ["decode_ms"] = Math.Round(answer.Statistics.DecodeTime.TotalMilliseconds, 3),
                ["prompt_tokens_per_second"] = Math.Round(answer.Statistics.PromptTokensPerSecond, 2),
                ["decode_tokens_per_second"] = Math.Round(answer.Statistics.DecodeTokensPerSecond, 2),
            },
        };
    }

    private static JsonNode ToolCall(ToolCall call) => new JsonObject { ["name"] = call.Name, ["arguments"] = call.Arguments.DeepClone() };
}
