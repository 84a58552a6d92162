namespace NemotronSharp.Conformance.Tests;

/// <summary>A model to compare.</summary>
/// <param name="Name">In the table.</param>
/// <param name="Config">Its shape.</param>
/// <param name="Refused">Words of llama.cpp's refusal, where it cannot run the shape and is shown a twin with mute parts.</param>
internal sealed record Shape(string Name, NemotronConfig Config, string? Refused = null)
{
    /// <summary>Widths that are no multiples of 64 or 256, an odd vocabulary.</summary>
    public static NemotronConfig Base(string pattern) => new()
    {
        Layers = TinyModels.Schedule(pattern),
        HiddenSize = 96,
        VocabSize = 515,
        NumAttentionHeads = 6,
        NumKeyValueHeads = 2,
        HeadDim = 32,
        MambaNumHeads = 8,
        MambaHeadDim = 24,
        MambaGroups = 2,
        SsmStateSize = 64,
        IntermediateSize = 80,
        RoutedExperts = 10,
        ExpertsPerToken = 3,
        MoeIntermediateSize = 48,
        SharedIntermediateSize = 80,
        RoutedScalingFactor = 2.5f,
        MaxPositionEmbeddings = 1024,
    };

    /// <summary>Instead of a refusal: the process ends by SIGSEGV.</summary>
    public const string Crash = "segmentation fault";

    // What llama.cpp says of the shapes that it does not run.
    private const string NoLayerOfAKind = "GGML_ASSERT(buffer) failed";
    private const string MlpBesideExperts = "tensor 'blk.3.ffn_gate_inp.weight' not found";
    private const string NoSharedExpert = "tensor 'blk.1.ffn_down_shexp.weight' not found";
    private const string NoConvBias = Crash;

    private static readonly NemotronConfig All = Base("MEM*E"), Dense = Base("M-M*-");

    public static IReadOnlyList<Shape> Cases { get; } =
    [
        new("`M`", Base("M"), NoLayerOfAKind),
        new("`*`", Base("*"), NoLayerOfAKind),
        new("`E`", Base("E"), NoLayerOfAKind),
        new("`-`", Base("-"), NoLayerOfAKind),
        new("`M*`", Base("M*")),
        new("`*M`", Base("*M")),
        new("`MEM*E`", All),
        new("`M-M*-`", Dense),
        new("`ME*-MEM*E`", Base("ME*-MEM*E"), MlpBesideExperts),
        new("`MEM*EM*EM*E`", Base("MEM*EM*EM*E")),
        new("latent experts, 48", All with { MoeLatentSize = 48 }),
        new("latent experts, 40", All with { MoeLatentSize = 40 }),
        new("no shared expert", All with { SharedIntermediateSize = 0 }, NoSharedExpert),
        new("latent experts, no shared expert", All with { MoeLatentSize = 48, SharedIntermediateSize = 0 }, NoSharedExpert),
        new("MTP block", All with { MtpDepth = 1, MtpLayers = TinyModels.Schedule("*E") }),
        new("MTP block, latent experts", All with { MtpDepth = 1, MtpLayers = TinyModels.Schedule("*E"), MoeLatentSize = 48 }),
        new("tied embeddings", All with { TieWordEmbeddings = true }),
        new("tied embeddings, no experts", Dense with { TieWordEmbeddings = true }),
        new("expert weights not normalised", All with { NormTopKProb = false }),
        new("1 expert of 10", All with { ExpertsPerToken = 1 }),
        new("10 experts of 10", All with { ExpertsPerToken = 10 }),
        new("22 experts of 64", All with { RoutedExperts = 64, ExpertsPerToken = 22 }),
        new("expert factor 1", All with { RoutedScalingFactor = 1 }),
        new("router groups, 2 of 5", All with { RouterGroups = 5, RouterTopGroups = 2 }),
        .. Vary<int>("Mamba groups", [1, 2, 4, 8], n => Dense with { MambaGroups = n }),
        .. Vary<int>("Mamba heads", [4, 6, 32], n => Dense with { MambaNumHeads = n }),
        .. Vary<int>("Mamba head width", [4, 8, 16, 40, 64, 80, 128], n => Dense with { MambaHeadDim = n }),
        .. Vary<int>("state size", [8, 16, 20, 64, 96, 128, 256], n => Dense with { SsmStateSize = n }),
        .. Vary<int>("convolution taps", [2, 3, 4], n => Dense with { ConvKernel = n }),
        new("no convolution bias", Dense with { UseConvBias = false }, NoConvBias),
        .. Vary<int>("attention head width", [16, 20, 32, 64, 80, 128, 192], n => Dense with { HeadDim = n }),
        .. Vary<(int Queries, int Keys)>("attention heads", [(1, 1), (4, 4), (6, 3), (8, 2), (8, 1), (32, 2)], n => Dense with { NumAttentionHeads = n.Queries, NumKeyValueHeads = n.Keys }),
        .. Vary<int>("hidden width", [32, 40, 160, 256, 320], n => Dense with { HiddenSize = n }),
        .. Vary<int>("hidden width with experts", [40, 160, 320], n => All with { HiddenSize = n }),
        .. Vary<int>("MLP width", [36, 256, 416], n => Dense with { IntermediateSize = n }),
        .. Vary<int>("expert width", [28, 64, 160], n => All with { MoeIntermediateSize = n }),
        .. Vary<int>("vocabulary", [101, 512, 1003], n => Dense with { VocabSize = n }),
        new("layers of different widths", Dense with { PerLayer = [new(2, 80, 3, 48), new(2, 48, 3, 48), new(2, 80, 3, 48), new(3, 80, 3, 48), new(2, 112, 3, 48)] }),
        new("experts of different widths and numbers", All with { PerLayer = [new(2, 80, 3, 48), new(2, 80, 1, 28), new(2, 80, 3, 48), new(6, 80, 3, 48), new(2, 80, 5, 64)] }),
        new("norm ε 1e-3", Dense with { NormEpsilon = 1e-3f }),
    ];

    /// <summary>A shape of the same function that llama.cpp runs: what it misses is there, and zero.</summary>
    public NemotronConfig TwinConfig()
    {
        var experts = Config.Layers.Contains(LayerKind.Experts);
        var layers = Config.Layers.Select(kind => kind == LayerKind.Mlp && experts ? LayerKind.Experts : kind).ToList();
        foreach (var kind in (ReadOnlySpan<LayerKind>)[LayerKind.Attention, LayerKind.Mamba])
            if (!layers.Contains(kind)) layers.Add(kind);
        return Config with { Layers = [.. layers], UseConvBias = true, SharedIntermediateSize = experts && Config.SharedIntermediateSize == 0 ? 32 : Config.SharedIntermediateSize };
    }

    /// <summary>Where a twin's tensor comes from: a dense MLP lives on as a shared expert.</summary>
    public string NameInOriginal(string name)
    {
        var parts = name.Split('.');
        return parts is ["backbone", "layers", var layer, "mixer", "shared_experts", var matrix, "weight"] && int.Parse(layer) < Config.Layers.Length && Config.Layers[int.Parse(layer)] == LayerKind.Mlp
            ? $"backbone.layers.{layer}.mixer.{matrix}.weight"
            : name;
    }

    private static IEnumerable<Shape> Vary<T>(string name, T[] values, Func<T, NemotronConfig> config) where T : notnull => values.Select(v => new Shape($"{name} {v}", config(v)));
}
