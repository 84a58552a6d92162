namespace NemotronSharp.Generation;

/// <summary>
/// Perplexity of a text as llama.cpp's tool of that name defines it, so that numbers can be compared: the token ids are cut into chunks of one length, each
/// read from a fresh state with nothing put before it; the first half of a chunk only gives context, and each token behind position C/2 is scored.
/// </summary>
/// <param name="Tokens">Tokens scored.</param>
/// <param name="Nats">Sum of their negative log likelihoods.</param>
/// <param name="SquaredNats">Sum of the squares.</param>
public readonly record struct Perplexity(long Tokens, double Nats, double SquaredNats)
{
    /// <summary>Tokens of a chunk, unless said otherwise.</summary>
    public const int DefaultContext = 512;

    /// <summary>Fewest tokens of a chunk: two that give context and one that is scored.</summary>
    public const int LeastContext = 3;

    private const int StepTokens = 512;

    /// <summary>exp of the mean negative log likelihood; NaN before the first token.</summary>
    public double Value => Math.Exp(Nats / Tokens);

    /// <summary>Standard error of <see cref="Value"/>, tokens taken as independent; NaN below two tokens.</summary>
    public double StandardError
    {
        get
        {
            if (Tokens < 2) return double.NaN;
            var mean = Nats / Tokens;
            // Rounding may leave a little less than nothing of a spread of zero.
            return Value * Math.Sqrt(Math.Max(0, SquaredNats / Tokens - mean * mean) / (Tokens - 1));
        }
    }

    /// <summary>Both texts as one.</summary>
    public static Perplexity operator +(Perplexity a, Perplexity b) => new(a.Tokens + b.Tokens, a.Nats + b.Nats, a.SquaredNats + b.SquaredNats);

    /// <summary>Scores a text chunk by chunk, in order; a rest shorter than a chunk is left out. Threads and step size change no bit.</summary>
    /// <param name="engine">The model.</param>
    /// <param name="ids">The whole text's token ids.</param>
    /// <param name="context">Tokens C of a chunk, at least <see cref="LeastContext"/>.</param>
    /// <param name="cancellation">Looked at between steps: the chunk at work is then lost.</param>
    /// <exception cref="ArgumentException">Fewer ids than a chunk, an id outside the vocabulary, or a context out of range.</exception>
    /// <exception cref="InvalidDataException">The model gives no finite likelihood; the message names the token.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IEnumerable<PerplexityChunk> Measure(NemotronEngine engine, IReadOnlyList<int> ids, int context = DefaultContext, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(context, LeastContext);
        if (ids.Count < context) throw new ArgumentException($"found {ids.Count} token ids, expected at least the {context} of one chunk", nameof(ids));
        return Chunks(engine, [.. ids], context, cancellation);
    }

    private static IEnumerable<PerplexityChunk> Chunks(NemotronEngine engine, int[] ids, int context, CancellationToken cancellation)
    {
        for (var start = 0; start + context <= ids.Length; start += context) yield return Chunk(engine, ids, start, context, cancellation);
    }

    private static PerplexityChunk Chunk(NemotronEngine engine, int[] ids, int start, int context, CancellationToken cancellation)
    {
        var given = context / 2;
        using var state = engine.NewSequence();
        var unused = new float[engine.Config.VocabSize];
        for (var at = 0; at < given; at += StepTokens)
        {
            cancellation.ThrowIfCancellationRequested();
            engine.Forward(state, ids.AsSpan(start + at, Math.Min(StepTokens, given - at)), unused);
        }

        var first = start + given;
        double nats = 0, squared = 0;
        // Nothing follows the last token: it is scored and never read.
        engine.ForwardAll(state, ids.AsSpan(first, context - given - 1), (t, logits) =>
        {
            cancellation.ThrowIfCancellationRequested();
            var token = first + t + 1;
            var surprise = NegativeLogLikelihood.Nats(logits, ids[token]);
            if (!double.IsFinite(surprise))
                throw new InvalidDataException($"{engine.Checkpoint.Path}: token {token}: found a negative log likelihood of {surprise} for id {ids[token]}, expected a finite one; the model's logits are not numbers");
            nats += surprise;
            squared += surprise * surprise;
        });
        return new PerplexityChunk(new Perplexity(context - given - 1, nats, squared), new ArraySegment<int>(ids, first + 1, context - given - 1));
    }
}

/// <summary>What one chunk adds.</summary>
/// <param name="Perplexity">Its sums.</param>
/// <param name="Scored">Ids of the tokens scored.</param>
public readonly record struct PerplexityChunk(Perplexity Perplexity, IReadOnlyList<int> Scored);
