using System.Text.Json.Nodes;
using NemotronSharp.Generation;

namespace NemotronSharp.Cli.Evaluation;

/// <summary>A text's perplexity as far as it has been read.</summary>
internal sealed record PerplexityReport
{
    /// <summary>Tokens of a chunk.</summary>
    public required int Context { get; init; }

    /// <summary>Chunks that were asked for.</summary>
    public required int AllChunks { get; init; }

    /// <summary>Chunks that were read.</summary>
    public required int Chunks { get; init; }

    public required Perplexity Perplexity { get; init; }

    /// <summary>UTF-8 bytes of the tokens scored.</summary>
    public required long ScoredBytes { get; init; }

    public required TimeSpan Elapsed { get; init; }

    public bool IsPartial => Chunks < AllChunks;

    public double BitsPerByte => Perplexity.Nats / Math.Log(2) / ScoredBytes;

    /// <summary>Tokens read a second, those that only give context included.</summary>
    public double TokensPerSecond => (double)Context * Chunks / Math.Max(1e-9, Elapsed.TotalSeconds);

    public JsonObject ToJson(string model, string file) => new()
    {
        ["model"] = model,
        ["file"] = file,
        ["partial"] = IsPartial,
        ["context"] = Context,
        ["chunks"] = Chunks,
        ["chunks_in_all"] = AllChunks,
        ["tokens_scored"] = Perplexity.Tokens,
        ["bytes_scored"] = ScoredBytes,
        ["perplexity"] = Finite(Perplexity.Value),
        ["standard_error"] = Finite(Perplexity.StandardError),
        ["bits_per_byte"] = Finite(BitsPerByte),
        ["seconds"] = Math.Round(Elapsed.TotalSeconds, 3),
        ["tokens_per_second"] = Math.Round(TokensPerSecond, 2),
    };

    // JSON has no NaN.
    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
