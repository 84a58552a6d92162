using System.Collections.Immutable;
using System.Globalization;
using NemotronSharp.Checkpoints;
using NemotronSharp.Numerics;

namespace NemotronSharp;

/// <summary>The products of all matrices that are multiplied in one way.</summary>
/// <param name="Route">The instruction, and how often it is used for one product.</param>
/// <param name="DecodeOps">Multiplications and additions of a decoded token, logits included.</param>
/// <param name="PromptOps">The same of a prompt's token, whose logits are not computed.</param>
public sealed record ProductCost(ProductRoute Route, long DecodeOps, long PromptOps);

/// <summary>What one token asks of the machine in a model: bytes to be read or written, and operations.</summary>
/// <param name="WeightBytes">Bytes of the weights that one decoded token touches: all matrices, of the experts the chosen ones, of the embedding table one row.</param>
/// <param name="StateBytes">Bytes of Mamba state read and written.</param>
/// <param name="KeyValueBytesPerPosition">Bytes of keys and values read for each token before this one.</param>
/// <param name="Products">Products with weights, by the instruction that carries them. Attention and scan are not counted.</param>
public sealed record TokenCost(long WeightBytes, long StateBytes, long KeyValueBytesPerPosition, ImmutableArray<ProductCost> Products)
{
    /// <summary>Multiplications and additions of a decoded token's products, logits included.</summary>
    public long DecodeOps => Products.Sum(p => p.DecodeOps);

    /// <summary>The same of a prompt's token, whose logits are not computed.</summary>
    public long PromptOps => Products.Sum(p => p.PromptOps);

    /// <summary>The unit that carries most of a prompt.</summary>
    public ArithmeticUnit PromptUnit => Products.MaxBy(p => p.PromptOps)!.Route.Unit;

    /// <summary>Bytes that decoding a token moves behind a number of others.</summary>
    public long DecodeBytes(long depth) => WeightBytes + StateBytes + depth * KeyValueBytesPerPosition;

    /// <summary>
    /// Seconds that a prompt token's products take where each unit works at its peak. Divided by the seconds that it took, it is the share of the peak.
    /// </summary>
    /// <param name="limits">The peaks.</param>
    /// <param name="passes">
    /// Whether to count every instruction. Without, only useful multiplications count: activations of 16 bits, which take two instructions each, reach half at most.
    /// </param>
    public double PromptSecondsAtPeak(MachineLimits limits, bool passes) =>
        Products.Sum(p => p.PromptOps * (passes ? p.Route.Passes : 1) / limits.OpsPerSecond(p.Route.Unit));

    /// <summary>The costs of a model that an engine runs.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="options">What it was made with.</param>
    public static TokenCost Of(NemotronEngine engine, EngineOptions options)
    {
        var (config, footprint) = (engine.Config, engine.Config.Footprint);
        var entries = CheckpointSummary.Of(engine.Checkpoint).Entries;
        var products = entries.Where(e => IsMultiplied(e, config))
            .GroupBy(e => ProductRoute.Of(TypeOf(e), options))
            .Select(group => new ProductCost(group.Key, Ops(group, config), Ops(group.Where(e => !IsOutput(e, config)), config)));
        return new TokenCost(
            entries.Sum(e => (long)(e.Bytes * Touched(e, config))), 2 * footprint.HeldStateBytesPerSequence, footprint.HeldKeyValueBytesPerToken(options.KeyValues), [.. products.OrderBy(p => p.Route.Unit)]);
    }

    private static long Ops(IEnumerable<CheckpointEntry> entries, NemotronConfig config) => entries.Sum(e => (long)(2 * e.Weights * Touched(e, config)));

    private static bool IsOutput(CheckpointEntry entry, NemotronConfig config) => entry.Part == (config.TieWordEmbeddings ? ModelPart.Embeddings : ModelPart.LmHead);

    private static bool IsMultiplied(CheckpointEntry entry, NemotronConfig config) => entry.Part switch
    {
        ModelPart.Mtp or ModelPart.Unread or ModelPart.Vectors => false,
        ModelPart.Embeddings => config.TieWordEmbeddings,
        // The gates' correction biases.
        _ => entry.Tensors[0].Shape.Length > 1,
    };

    private static TensorType TypeOf(CheckpointEntry entry) => entry.Format == nameof(TensorType.NVFP4) ? TensorType.NVFP4 : entry.Tensors[0].Type;

    private static double Touched(CheckpointEntry entry, NemotronConfig config) => entry.Part switch
    {
        ModelPart.Mtp or ModelPart.Unread => 0,
        // A tied table is the output matrix as well.
        ModelPart.Embeddings when !config.TieWordEmbeddings => 1.0 / config.VocabSize,
        ModelPart.Experts => (double)config.At(int.Parse(entry.Name.Split('.')[2], CultureInfo.InvariantCulture)).ExpertsPerToken / config.RoutedExperts,
        _ => 1,
    };
}
