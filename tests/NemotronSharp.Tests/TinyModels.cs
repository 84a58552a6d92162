using System.Collections.Immutable;
using NemotronSharp.Checkpoints;
using NemotronSharp.Numerics;

namespace NemotronSharp.Tests;

/// <summary>Small random checkpoints of every layer kind, with sizes that are odd on purpose.</summary>
internal static class TinyModels
{
    public static ImmutableArray<LayerKind> Schedule(string pattern) => [.. pattern.Select(c => LayerKinds.FromLetter(c)!.Value)];

    /// <summary>Widths that are no multiples of the lane count, two Mamba groups, a latent space, a shared expert, an MTP head.</summary>
    public static NemotronConfig Config(string pattern = "ME*-MEM*E", bool latent = true, bool mtp = true) => new()
    {
        Layers = Schedule(pattern),
        HiddenSize = 40,
        VocabSize = 101,
        NumAttentionHeads = 6,
        NumKeyValueHeads = 2,
        HeadDim = 20,
        MambaNumHeads = 4,
        MambaHeadDim = 24,
        MambaGroups = 2,
        SsmStateSize = 20,
        ChunkSize = 8,
        IntermediateSize = 72,
        RoutedExperts = 10,
        ExpertsPerToken = 3,
        MoeIntermediateSize = 28,
        SharedIntermediateSize = 44,
        MoeLatentSize = latent ? 20 : 0,
        RoutedScalingFactor = 2.5f,
        MtpDepth = mtp ? 1 : 0,
        MtpLayers = mtp ? Schedule("*E") : [],
        MaxPositionEmbeddings = 512,
    };

    /// <summary>Tensors of the size that a trained model's have: activations stay near 1 and experts are really chosen.</summary>
    public static List<TensorContent> Tensors(NemotronConfig config, int seed, TensorType type = TensorType.F32, Action<string, float[]>? change = null)
    {
        var random = new Random(seed);
        return [.. CheckpointLayout.Tensors(config).Select(t =>
        {
            var values = Values(t.Name, t.Shape, random);
            change?.Invoke(t.Name, values);
            return TensorContent.FromSingles(t.Name, TypeOf(t.Name, type), t.Shape, values);
        })];
    }

    public static void Write(string folder, NemotronConfig config, int seed, TensorType type = TensorType.F32) =>
        HuggingFaceFolder.Write(folder, config, Tensors(config, seed, type));

    /// <summary>
    /// A model whose MTP head drafts well but not always: both are little more than a table from a token to the next, and the mixers' share is what they disagree about.
    /// </summary>
    /// <param name="folder">Where to write.</param>
    /// <param name="config">A shape with an MTP head.</param>
    /// <param name="seed">Chooses the weights.</param>
    /// <param name="mixers">The mixers' share, 0 to 1: the larger, the more drafts are wrong.</param>
    /// <param name="certainty">Factor on the logits.</param>
    public static void WriteAgreeing(string folder, NemotronConfig config, int seed, float mixers, float certainty = 3)
    {
        var h = config.HiddenSize;
        HuggingFaceFolder.Write(folder, config, Tensors(config, seed, change: (name, values) =>
        {
            if (name.EndsWith("out_proj.weight", StringComparison.Ordinal) || name.EndsWith("o_proj.weight", StringComparison.Ordinal) || name.Contains("down_proj", StringComparison.Ordinal) || name.Contains("fc2_latent", StringComparison.Ordinal)) Scale(values, mixers);
            if (name == "lm_head.weight") Scale(values, certainty);
            if (name.EndsWith("enorm.weight", StringComparison.Ordinal) || name.EndsWith("norm_f.weight", StringComparison.Ordinal) || name.EndsWith("final_layernorm.weight", StringComparison.Ordinal)) values.AsSpan().Fill(1);
            // The head looks at the token's embedding alone.
            if (name.EndsWith("eh_proj.weight", StringComparison.Ordinal))
                for (var i = 0; i < values.Length; i++) values[i] = i % (2 * h) == i / (2 * h) ? 1 : 0;
        }));

        static void Scale(float[] values, float factor)
        {
            for (var i = 0; i < values.Length; i++) values[i] *= factor;
        }
    }

    private static TensorType TypeOf(string name, TensorType type) => name.EndsWith("e_score_correction_bias", StringComparison.Ordinal) ? TensorType.F32 : type;

    private static float[] Values(string name, long[] shape, Random random)
    {
        var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        var deviation = shape.Length == 1 ? 0.1 : 1 / Math.Sqrt(shape[^1]);
        for (var i = 0; i < values.Length; i++)
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()) * deviation;
            values[i] = (float)(name switch
            {
                _ when name.EndsWith("A_log", StringComparison.Ordinal) => Math.Log(1 + i) + normal,
                _ when name.EndsWith("dt_bias", StringComparison.Ordinal) => -2 + 5 * normal,
                _ when name.EndsWith(".D", StringComparison.Ordinal) || name.EndsWith("norm.weight", StringComparison.Ordinal) || name.EndsWith("norm_f.weight", StringComparison.Ordinal) => 1 + normal,
                _ when name.EndsWith("embeddings.weight", StringComparison.Ordinal) => normal * Math.Sqrt(shape[^1]),
                _ => normal,
            });
        }

        return values;
    }
}
