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
    public static List<TensorContent> Tensors(NemotronConfig config, int seed, TensorType type = TensorType.F32)
    {
        var random = new Random(seed);
        return [.. CheckpointLayout.Tensors(config).Select(t => TensorContent.FromSingles(t.Name, TypeOf(t.Name, type), t.Shape, Values(t.Name, t.Shape, random)))];
    }

    public static void Write(string folder, NemotronConfig config, int seed, TensorType type = TensorType.F32) =>
        HuggingFaceFolder.Write(folder, config, Tensors(config, seed, type));

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
