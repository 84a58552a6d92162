using System.Collections.Immutable;

namespace NemotronSharp.Configuration;

/// <summary>The published shapes of the family (sizes from their config.json files), and the model that ships with this project.</summary>
public static class NemotronPresets
{
    private const string NanoPattern = "MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME";

    /// <summary>Preset names, small models first.</summary>
    public static ImmutableArray<string> Names { get; } =
        ["pico", "nano-4b", "nano-9b-v2", "nano-12b-v2", "nano-30b-a3b", "lightning-30b-a3b", "super-120b-a12b", "ultra-550b-a55b"];

    /// <summary>The shape of a preset.</summary>
    /// <exception cref="ArgumentException">No preset has this name.</exception>
    public static NemotronConfig Get(string name) => name switch
    {
        "pico" => Pico,
        "nano-4b" => Nano4B,
        "nano-9b-v2" => Nano9B,
        "nano-12b-v2" => Nano12B,
        "nano-30b-a3b" => Nano30B,
        "lightning-30b-a3b" => Nano30B with { MtpDepth = 1, MtpLayers = Mtp, MaxPositionEmbeddings = 1048576 },
        "super-120b-a12b" => Super,
        "ultra-550b-a55b" => Ultra,
        _ => throw new ArgumentException($"preset '{name}' is unknown; the presets are {string.Join(", ", Names)}", nameof(name)),
    };

    private static ImmutableArray<LayerKind> Mtp { get; } = Schedule("*E");

    private static NemotronConfig Pico { get; } = new()
    {
        Layers = Schedule("MEM*EM*EM*E"),
        HiddenSize = 192,
        VocabSize = 4096,
        NumAttentionHeads = 4,
        NumKeyValueHeads = 2,
        HeadDim = 64,
        MambaNumHeads = 6,
        MambaHeadDim = 64,
        MambaGroups = 2,
        SsmStateSize = 64,
        ChunkSize = 64,
        RoutedExperts = 16,
        ExpertsPerToken = 4,
        MoeIntermediateSize = 96,
        SharedIntermediateSize = 384,
        MoeLatentSize = 96,
        RoutedScalingFactor = 2.5f,
        MtpDepth = 2,
        MtpLayers = Mtp,
        MaxPositionEmbeddings = 16384,
    };

    private static NemotronConfig Nano30B { get; } = new()
    {
        Layers = Schedule(NanoPattern),
        HiddenSize = 2688,
        VocabSize = 131072,
        NumKeyValueHeads = 2,
        MambaNumHeads = 64,
        IntermediateSize = 1856,
        RoutedExperts = 128,
        ExpertsPerToken = 6,
        MoeIntermediateSize = 1856,
        SharedIntermediateSize = 3712,
        RoutedScalingFactor = 2.5f,
    };

    private static NemotronConfig Super { get; } = new()
    {
        Layers = Schedule("MEMEMEM*EMEMEMEM*EMEMEMEM*EMEMEMEMEM*EMEMEMEMEM*EMEMEMEMEM*EMEMEMEMEM*EMEMEMEM*EMEMEMEME"),
        HiddenSize = 4096,
        VocabSize = 131072,
        NumKeyValueHeads = 2,
        MambaNumHeads = 128,
        IntermediateSize = 2688,
        RoutedExperts = 512,
        ExpertsPerToken = 22,
        MoeIntermediateSize = 2688,
        SharedIntermediateSize = 5376,
        MoeLatentSize = 1024,
        RoutedScalingFactor = 5f,
        MtpDepth = 1,
        MtpLayers = Mtp,
    };

    private static NemotronConfig Ultra { get; } = new()
    {
        Layers = Schedule("MEMEMEM*EMEMEM*EMEMEMEM*EMEMEMEM*EMEMEM*EMEMEMEM*EMEMEMEM*EMEMEM*EMEMEMEM*EMEMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME"),
        HiddenSize = 8192,
        VocabSize = 131072,
        NumAttentionHeads = 64,
        NumKeyValueHeads = 2,
        MambaNumHeads = 256,
        IntermediateSize = 5120,
        RoutedExperts = 512,
        ExpertsPerToken = 22,
        MoeIntermediateSize = 5120,
        SharedIntermediateSize = 10240,
        MoeLatentSize = 2048,
        RoutedScalingFactor = 5f,
        MtpDepth = 1,
        MtpLayers = Mtp,
    };

    private static NemotronConfig Nano4B { get; } = new()
    {
        Layers = Schedule("M-M-M-MM-M-M*-M-M*-M-M-M*-M-M-MM*-MMM-M-M-"),
        HiddenSize = 3136,
        VocabSize = 131072,
        NumAttentionHeads = 40,
        MambaNumHeads = 96,
        MambaHeadDim = 80,
        ChunkSize = 256,
        IntermediateSize = 12544,
    };

    private static NemotronConfig Nano9B { get; } = new()
    {
        Layers = Schedule("M-M-M-MM-M-M-M*-M-M-M*-M-M-M-M*-M-M-M-M*-M-MM-M-M-M-M-M-"),
        HiddenSize = 4480,
        VocabSize = 131072,
        NumAttentionHeads = 40,
        MambaHeadDim = 80,
        IntermediateSize = 15680,
        MaxPositionEmbeddings = 131072,
        EosTokenIds = [12],
    };

    private static NemotronConfig Nano12B { get; } = Nano9B with
    {
        Layers = Schedule("M-M-M-M*-M-M-M-M*-M-M-M-M*-M-M-M-M*-M-M-M-M*-M-M-M-M*-M-M-M-M-"),
        HiddenSize = 5120,
        IntermediateSize = 20480,
    };

    private static ImmutableArray<LayerKind> Schedule(string pattern) => [.. pattern.Select(letter => LayerKinds.FromLetter(letter)!.Value)];
}
