using System.Globalization;
using NemotronSharp.Checkpoints;

namespace NemotronSharp;

/// <summary>What one token asks of the machine in a model: bytes to be read or written, and operations.</summary>
/// <param name="WeightBytes">Bytes of the weights that one decoded token touches: all matrices, of the experts the chosen ones, of the embedding table one row.</param>
/// <param name="StateBytes">Bytes of Mamba state read and written.</param>
/// <param name="KeyValueBytesPerPosition">Bytes of keys and values read for each token before this one.</param>
/// <param name="DecodeOps">Multiplications and additions of a decoded token's products, logits included.</param>
/// <param name="PromptOps">The same of a prompt's token, whose logits are not computed.</param>
public sealed record TokenCost(long WeightBytes, long StateBytes, long KeyValueBytesPerPosition, long DecodeOps, long PromptOps)
{
    /// <summary>Bytes that decoding a token moves behind a number of others.</summary>
    public long DecodeBytes(long depth) => WeightBytes + StateBytes + depth * KeyValueBytesPerPosition;

    /// <summary>The costs of a model that an engine runs.</summary>
    public static TokenCost Of(NemotronEngine engine)
    {
        var (config, footprint) = (engine.Config, engine.Config.Footprint);
        var weights = CheckpointSummary.Of(engine.Checkpoint).Entries.Sum(e => (long)(e.Bytes * Touched(e, config)));
        var decode = 2 * footprint.ActiveParametersWithoutEmbedding;
        return new TokenCost(weights, 2 * footprint.HeldStateBytesPerSequence, footprint.HeldKeyValueBytesPerToken, decode, decode - 2L * config.VocabSize * config.HiddenSize);
    }

    private static double Touched(CheckpointEntry entry, NemotronConfig config) => entry.Part switch
    {
        ModelPart.Mtp or ModelPart.Unread => 0,
        // A tied table is the output matrix as well.
        ModelPart.Embeddings when !config.TieWordEmbeddings => 1.0 / config.VocabSize,
        ModelPart.Experts => (double)config.At(int.Parse(entry.Name.Split('.')[2], CultureInfo.InvariantCulture)).ExpertsPerToken / config.RoutedExperts,
        _ => 1,
    };
}
