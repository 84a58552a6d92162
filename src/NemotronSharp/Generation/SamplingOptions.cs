namespace NemotronSharp.Generation;

/// <summary>How the next token is chosen. The defaults sample from the model's own distribution.</summary>
public sealed record SamplingOptions
{
    /// <summary>Always the most likely token.</summary>
    public static SamplingOptions Greedy { get; } = new() { Temperature = 0 };

    /// <summary>Divides the logits; 0 takes the most likely token, at least 0.</summary>
    public float Temperature { get; init; } = 1f;

    /// <summary>Keeps the most likely tokens up to this much probability, above 0 to 1 (nucleus sampling, arXiv 1904.09751).</summary>
    public float TopP { get; init; } = 1f;

    /// <summary>Keeps this many of the most likely tokens; 0 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Keeps tokens at least this fraction as likely as the best one, 0 to 1 (arXiv 2407.01082).</summary>
    public float MinP { get; init; }

    /// <summary>Divides positive and multiplies negative logits of tokens already seen, prompt included; 1 is off (CTRL, arXiv 1909.05858).</summary>
    public float RepetitionPenalty { get; init; } = 1f;

    /// <summary>Subtracted from a logit for each time its token was generated, −2 to 2 (OpenAI's <c>frequency_penalty</c>).</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Subtracted once from the logit of a token that was generated, −2 to 2 (OpenAI's <c>presence_penalty</c>).</summary>
    public float PresencePenalty { get; init; }

    /// <summary>Same seed, same text; null draws one.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public SamplingOptions Validate()
    {
        Require(Temperature is >= 0 and <= 100, nameof(Temperature), Temperature, "0 to 100");
        Require(TopP is > 0 and <= 1, nameof(TopP), TopP, "above 0, at most 1");
        Require(TopK >= 0, nameof(TopK), TopK, "at least 0");
        Require(MinP is >= 0 and <= 1, nameof(MinP), MinP, "0 to 1");
        Require(RepetitionPenalty is > 0 and <= 10, nameof(RepetitionPenalty), RepetitionPenalty, "above 0, at most 10");
        Require(FrequencyPenalty is >= -2 and <= 2, nameof(FrequencyPenalty), FrequencyPenalty, "-2 to 2");
        Require(PresencePenalty is >= -2 and <= 2, nameof(PresencePenalty), PresencePenalty, "-2 to 2");
        return this;
    }

    private static void Require(bool valid, string name, float found, string expected)
    {
        if (!valid) throw new ArgumentException(FormattableString.Invariant($"sampling option {name}: found {found}, expected {expected}"), name);
    }
}
