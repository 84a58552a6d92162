using NemotronSharp.Training.Model;
using NemotronSharp.Training.Native;

namespace NemotronSharp.Training.Tests;

/// <summary>A model with every kind of layer, small enough for numeric checks.</summary>
internal static class TinyModel
{
    public const int Vocabulary = 61;

    static TinyModel() => TorchNative.Load();

    public static NemotronConfig Config(string pattern = "M*E-ME", int mtpDepth = 1) => new()
    {
        HiddenSize = 24,
        VocabSize = Vocabulary,
        Layers = [.. pattern.Select(Kind)],
        MambaNumHeads = 4,
        MambaHeadDim = 8,
        MambaGroups = 2,
        SsmStateSize = 6,
        ChunkSize = 8,
        NumAttentionHeads = 4,
        NumKeyValueHeads = 2,
        HeadDim = 8,
        IntermediateSize = 40,
        RoutedExperts = 6,
        ExpertsPerToken = 2,
        MoeLatentSize = 12,
        MoeIntermediateSize = 10,
        SharedIntermediateSize = 20,
        RoutedScalingFactor = 2.5f,
        MtpDepth = mtpDepth,
        MtpLayers = mtpDepth > 0 ? [LayerKind.Attention, LayerKind.Experts] : [],
    };

    /// <summary>Weights large enough that every path matters.</summary>
    public static HybridLanguageModel Create(NemotronConfig config, long seed = 3) => new(config, seed, new InitialWeights(Std: 0.25));

    public static PackedBatch Batch(NemotronConfig config, int rows, int[] ids, int[] documents, byte[]? learned = null) =>
        new(rows, ids, learned ?? [.. ids.Select(_ => (byte)1)], documents, config.ChunkSize, config.MtpDepth);

    public static int[] Ids(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(Vocabulary))];
    }

    private static LayerKind Kind(char letter) => letter switch
    {
        'M' => LayerKind.Mamba,
        '*' => LayerKind.Attention,
        'E' => LayerKind.Experts,
        _ => LayerKind.Mlp,
    };
}
