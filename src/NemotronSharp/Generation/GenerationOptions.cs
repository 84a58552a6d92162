using System.Collections.Immutable;

namespace NemotronSharp.Generation;

/// <summary>How a continuation is generated.</summary>
public sealed record GenerationOptions
{
    /// <summary>Most tokens to generate, at least 1.</summary>
    public int MaxTokens { get; init; } = 1024;

    /// <summary>Ids that end the generation; the one met is the last id returned.</summary>
    public ImmutableArray<int> StopIds { get; init; } = [];

    /// <summary>How tokens are chosen.</summary>
    public SamplingOptions Sampling { get; init; } = new();
}
