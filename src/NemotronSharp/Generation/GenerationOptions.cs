using System.Collections.Immutable;

namespace NemotronSharp.Generation;

/// <summary>How a continuation is generated.</summary>
public sealed record GenerationOptions
{
    /// <summary>Largest <see cref="MostDrafts"/>.</summary>
    public const int DraftLimit = 8;

    /// <summary>Most tokens to generate, at least 1.</summary>
    public int MaxTokens { get; init; } = 1024;

    /// <summary>Ids that end the generation; the one met is the last id returned.</summary>
    public ImmutableArray<int> StopIds { get; init; } = [];

    /// <summary>How tokens are chosen.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>
    /// Most tokens that the MTP head drafts before the model looks at them, 0 to <see cref="DraftLimit"/>; 0 decodes token by token. It changes the speed and not one token.
    /// Without an MTP head nothing is drafted.
    /// </summary>
    public int MostDrafts { get; init; } = 3;

    /// <summary>Whether fewer are drafted where drafts are seldom right; otherwise always <see cref="MostDrafts"/>.</summary>
    public bool AdaptDrafts { get; init; } = true;

    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTokens, 1);
        if (MostDrafts is < 0 or > DraftLimit) throw new ArgumentOutOfRangeException(nameof(MostDrafts), $"found {MostDrafts} drafts at once, expected 0 to {DraftLimit}");
        Sampling.Validate();
    }
}
