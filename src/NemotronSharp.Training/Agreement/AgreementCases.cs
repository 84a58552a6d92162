using System.Collections.Immutable;
using NemotronSharp.Numerics;
using NemotronSharp.Training.Model;
using NemotronSharp.Training.Pretraining;

namespace NemotronSharp.Training.Agreement;

/// <summary>Random models that hold the engine against the TorchSharp model: every layer kind alone and mixed, with sizes that are odd on purpose.</summary>
internal static class AgreementCases
{
    /// <summary>Tokens of every comparison.</summary>
    public const int Tokens = 192;

    /// <summary>Names and shapes.</summary>
    public static IEnumerable<(string Name, NemotronConfig Config)> All =>
    [
        ("`M` Mamba-2", Config("M")),
        ("`*` attention", Config("*")),
        ("`E` latent experts, shared expert", Config("E")),
        ("`E` plain experts, shared expert", Config("E") with { MoeLatentSize = 0 }),
        ("`E` latent experts, no shared expert", Config("E") with { SharedIntermediateSize = 0 }),
        ("`-` dense MLP", Config("-")),
        ("`MEM*E` with MTP head", WithMtp(Config("MEM*E"))),
        ("`M-M*-ME*E` with MTP head", WithMtp(Config("M-M*-ME*E"))),
    ];

    /// <summary>Writes a random float32 model of a shape and compares.</summary>
    public static (LogitAgreement Main, LogitAgreement? Mtp) Measure(NemotronConfig config)
    {
        var folder = Directory.CreateTempSubdirectory("nemotron-agreement-").FullName;
        try
        {
            using (var model = new HybridLanguageModel(config, seed: 5, new InitialWeights(Std: 0.2)))
                ModelFolder.Write(model, Path.Combine(folder, "model"), [], TensorType.F32);
            return LogitAgreement.Measure(Path.Combine(folder, "model"), Ids(config));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Seeded random ids of ordinary tokens.</summary>
    public static int[] Ids(NemotronConfig config)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, Tokens).Select(_ => random.Next(config.VocabSize))];
    }

    private static NemotronConfig WithMtp(NemotronConfig config) => config with { MtpDepth = 1, MtpLayers = [LayerKind.Attention, LayerKind.Experts] };

    private static NemotronConfig Config(string pattern) => new()
    {
        Layers = [.. pattern.Select(letter => LayerKinds.FromLetter(letter)!.Value)],
        HiddenSize = 56,
        VocabSize = 131,
        NumAttentionHeads = 6,
        NumKeyValueHeads = 2,
        HeadDim = 20,
        MambaNumHeads = 6,
        MambaHeadDim = 24,
        MambaGroups = 3,
        SsmStateSize = 36,
        ChunkSize = 64,
        IntermediateSize = 90,
        RoutedExperts = 12,
        ExpertsPerToken = 3,
        MoeIntermediateSize = 34,
        SharedIntermediateSize = 60,
        MoeLatentSize = 28,
        RoutedScalingFactor = 2.5f,
    };
}
