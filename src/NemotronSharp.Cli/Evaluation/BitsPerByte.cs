using NemotronSharp.Generation;

namespace NemotronSharp.Cli.Evaluation;

/// <summary>
/// How well the model predicts text: −log2 of the probabilities it gives to the tokens, over their UTF-8 bytes.
/// A text is cut into chunks of up to 1,024 tokens, each from a fresh state; the first token of a chunk is given, so neither its bits nor its bytes count.
/// </summary>
internal static class BitsPerByte
{
    public const int ChunkTokens = 1024;

    /// <summary>More of one document would say little new: sixteen chunks.</summary>
    private const int MostTokens = 16 * ChunkTokens;

    public static (double Bits, long Bytes, int Tokens) Measure(ChatModel model, string text, CancellationToken cancellation)
    {
        var ids = model.Tokenizer.Encode(text);
        double bits = 0;
        long bytes = 0;
        var tokens = 0;
        foreach (var chunk in ids.Take(MostTokens).Chunk(ChunkTokens))
        {
            cancellation.ThrowIfCancellationRequested();
            using var state = model.Engine.NewSequence();
            model.Engine.ForwardAll(state, chunk, (t, logits) =>
            {
                if (t + 1 == chunk.Length) return;
                bits += NegativeLogLikelihood.Nats(logits, chunk[t + 1]) / Math.Log(2);
                bytes += model.Tokenizer.BytesOf(chunk[t + 1]).Length;
                tokens++;
            });
        }
        return (bits, bytes, tokens);
    }
}
