using System.Collections.Immutable;
using NemotronSharp.Configuration;

namespace NemotronSharp;

/// <summary>
/// The shape of a Nemotron-H / Nemotron 3 model (<c>model_type: nemotron_h</c>). All sizes count elements.
/// An instance from <see cref="FromJson"/>, <see cref="Load"/> or <see cref="NemotronPresets"/> is validated.
/// </summary>
public sealed record NemotronConfig
{
    /// <summary>Mixer of every layer, first to last.</summary>
    public required ImmutableArray<LayerKind> Layers { get; init; }

    /// <summary>Width H of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Number V of token ids.</summary>
    public required int VocabSize { get; init; }

    /// <summary>Query heads of an attention layer.</summary>
    public int NumAttentionHeads { get; init; } = 32;

    /// <summary>Key/value heads; query head i reads key/value head i / (NumAttentionHeads / NumKeyValueHeads).</summary>
    public int NumKeyValueHeads { get; init; } = 8;

    /// <summary>Width d of one attention head.</summary>
    public int HeadDim { get; init; } = 128;

    /// <summary>Mamba-2 heads h.</summary>
    public int MambaNumHeads { get; init; } = 128;

    /// <summary>Width P of one Mamba-2 head.</summary>
    public int MambaHeadDim { get; init; } = 64;

    /// <summary>Groups G sharing B and C (<c>n_groups</c>; not the router's <c>n_group</c>).</summary>
    public int MambaGroups { get; init; } = 8;

    /// <summary>State size N of one Mamba-2 channel.</summary>
    public int SsmStateSize { get; init; } = 128;

    /// <summary>Taps K of the causal convolution.</summary>
    public int ConvKernel { get; init; } = 4;

    /// <summary>Whether the convolution has a bias.</summary>
    public bool UseConvBias { get; init; } = true;

    /// <summary>Chunk length Q of the SSD form; affects rounding only.</summary>
    public int ChunkSize { get; init; } = 128;

    /// <summary>Lower bound of the time step Δ after softplus; 0 in every shipped model.</summary>
    public float TimeStepMin { get; init; }

    /// <summary>Upper bound of the time step Δ after softplus; +∞ in every shipped model.</summary>
    public float TimeStepMax { get; init; } = float.PositiveInfinity;

    /// <summary>Width of a dense MLP layer.</summary>
    public int IntermediateSize { get; init; } = 21504;

    /// <summary>Routed experts E of a MoE layer.</summary>
    public int RoutedExperts { get; init; } = 8;

    /// <summary>Experts k chosen for a token.</summary>
    public int ExpertsPerToken { get; init; } = 2;

    /// <summary>Width I of one routed expert.</summary>
    public int MoeIntermediateSize { get; init; } = 7688;

    /// <summary>Width S of the fused shared expert; 0 when there is none.</summary>
    public int SharedIntermediateSize { get; init; } = 7688;

    /// <summary>Width X of the latent space the routed experts live in (LatentMoE, arXiv 2601.18089); 0 when they are H wide.</summary>
    public int MoeLatentSize { get; init; }

    /// <summary>Factor on the routed sum; the shared expert is not scaled.</summary>
    public float RoutedScalingFactor { get; init; } = 1f;

    /// <summary>Whether the chosen experts' weights are normalised to sum 1.</summary>
    public bool NormTopKProb { get; init; } = true;

    /// <summary>Router groups (<c>n_group</c>); 1 in every shipped model.</summary>
    public int RouterGroups { get; init; } = 1;

    /// <summary>Router groups kept (<c>topk_group</c>).</summary>
    public int RouterTopGroups { get; init; } = 1;

    /// <summary>Trained multi-token-prediction depths; 0 when the model has no MTP head. Depths share their weights.</summary>
    public int MtpDepth { get; init; }

    /// <summary>Mixers of the MTP block; empty when there is none.</summary>
    public ImmutableArray<LayerKind> MtpLayers { get; init; } = [];

    /// <summary>
    /// Sizes layer by layer, the MTP block behind the last one, in models whose layers of a kind differ; empty where they do not.
    /// The sizes above are then those of the first layer of their kind; <see cref="At"/> gives each layer's own.
    /// </summary>
    public ImmutableArray<LayerSizes> PerLayer { get; init; } = [];

    /// <summary>Added to the mean square in every RMSNorm.</summary>
    public float NormEpsilon { get; init; } = 1e-5f;

    /// <summary>Whether the output matrix is the embedding table.</summary>
    public bool TieWordEmbeddings { get; init; }

    /// <summary>Longest context the maker states, in tokens; nothing in the architecture limits it.</summary>
    public int MaxPositionEmbeddings { get; init; } = 262144;

    /// <summary>Begin-of-sequence id; chat prompts do not use it.</summary>
    public int BosTokenId { get; init; } = 1;

    /// <summary>Ids that end a generation.</summary>
    public ImmutableArray<int> EosTokenIds { get; init; } = [2, 11];

    /// <summary>Padding id.</summary>
    public int PadTokenId { get; init; }

    /// <summary>Mamba-2 inner width, heads × head width. (<c>expand</c> is ignored by the family.)</summary>
    public int MambaInnerSize => MambaNumHeads * MambaHeadDim;

    /// <summary>Convolved channels: x, B and C, that is D_in + 2·G·N.</summary>
    public int MambaConvSize => MambaInnerSize + 2 * MambaGroups * SsmStateSize;

    /// <summary>Rows of in_proj: gate, convolved channels and one Δ per head.</summary>
    public int MambaProjectionSize => MambaInnerSize + MambaConvSize + MambaNumHeads;

    /// <summary>Width in which routed experts work: the latent width, or H.</summary>
    public int ExpertHiddenSize => MoeLatentSize > 0 ? MoeLatentSize : HiddenSize;

    /// <summary>The schedule as a pattern string, one letter a layer.</summary>
    public string Pattern => string.Create(Layers.Length, Layers, (span, layers) =>
    {
        for (var i = 0; i < span.Length; i++) span[i] = layers[i].Letter();
    });

    /// <summary>The shape as one layer sees it.</summary>
    /// <param name="layer">0 to the number of layers; that number itself is the MTP block.</param>
    public NemotronConfig At(int layer) => PerLayer.IsEmpty ? this : this with
    {
        PerLayer = [],
        NumKeyValueHeads = PerLayer[layer].NumKeyValueHeads,
        IntermediateSize = PerLayer[layer].IntermediateSize,
        ExpertsPerToken = PerLayer[layer].ExpertsPerToken,
        MoeIntermediateSize = PerLayer[layer].MoeIntermediateSize,
    };

    /// <summary>How many layers are of a kind.</summary>
    public int CountOf(LayerKind kind) => Layers.Count(k => k == kind);

    /// <summary>Parameters and memory that this shape needs.</summary>
    public ModelFootprint Footprint => new(this);

    /// <summary>Reads a config.json in any of the family's spellings and validates it.</summary>
    /// <param name="json">The file's text.</param>
    /// <param name="source">File name for error messages.</param>
    /// <exception cref="InvalidDataException">A field is missing, malformed, out of range or not supported; the message names it.</exception>
    public static NemotronConfig FromJson(string json, string source) => ConfigJson.Read(json, source);

    /// <summary>Reads and validates the config.json at a path.</summary>
    /// <exception cref="InvalidDataException">As for <see cref="FromJson"/>.</exception>
    public static NemotronConfig Load(string path) => FromJson(File.ReadAllText(path), path);

    /// <summary>Writes a config.json that the vendor's and transformers' classes read.</summary>
    /// <exception cref="InvalidDataException">Layers of a kind differ in size, which config.json has no field for.</exception>
    public string ToJson() => ConfigJson.Write(this);
}
