using System.Text.Json.Nodes;
using NemotronSharp.Generation;

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

    /// <summary>Most tokens that the MTP head drafts ahead, as in <see cref="GenerationOptions.MostDrafts"/>.</summary>
    public int MostDrafts { get; init; } = new GenerationOptions().MostDrafts;

    /// <summary>Further template variables (<c>truncate_history_thinking</c>, <c>medium_effort</c> …).</summary>
    public IReadOnlyDictionary<string, JsonNode?>? TemplateVariables { get; init; }
}
