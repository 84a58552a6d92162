using System.Collections.Immutable;
using NemotronSharp.State;

namespace NemotronSharp.Configuration;

/// <summary>Parameters of a shape, and the memory that its sequences need as the family defines it (float32 SSM state, bf16 convolution window and keys/values).</summary>
public readonly struct ModelFootprint(NemotronConfig config)
{
    private readonly NemotronConfig _c = config;

    /// <summary>All parameters of the model without its MTP head, router biases included.</summary>
    public long Parameters => Sum(_c.Layers, (at, kind) => at.LayerParameters(kind)) + Ends;

    /// <summary>Parameters of the MTP head; its depths share one copy.</summary>
    public long MtpParameters
    {
        get
        {
            if (_c.MtpDepth == 0) return 0;
            long h = _c.HiddenSize;
            return _c.MtpLayers.Sum(new ModelFootprint(_c.At(_c.Layers.Length)).LayerParameters) + 2 * h * h + 3 * h;
        }
    }

    /// <summary>Router correction biases, float32 in every checkpoint; the vendor's index does not count them.</summary>
    public long RouterBiases => (long)_c.CountOf(LayerKind.Experts) * _c.RoutedExperts;

    /// <summary>Parameters that one token touches, embedding table included.</summary>
    public long ActiveParameters => Parameters - Sum(_c.Layers, (at, kind) => kind == LayerKind.Experts ? (at._c.RoutedExperts - at._c.ExpertsPerToken) * at.ExpertParameters : 0);

    /// <summary>Parameters that one token touches, without the embedding table (of which it reads one row).</summary>
    public long ActiveParametersWithoutEmbedding => ActiveParameters - (_c.TieWordEmbeddings ? 0 : (long)_c.VocabSize * _c.HiddenSize);

    /// <summary>Bytes of Mamba state a sequence holds whatever its length.</summary>
    public long StateBytesPerSequence => _c.CountOf(LayerKind.Mamba)
        * (4L * _c.MambaInnerSize * _c.SsmStateSize + 2L * (_c.ConvKernel - 1) * _c.MambaConvSize);

    /// <summary>Bytes of keys and values a token adds.</summary>
    public long KeyValueBytesPerToken => Sum(_c.Layers, (at, kind) => kind == LayerKind.Attention ? 2L * 2 * at._c.NumKeyValueHeads * at._c.HeadDim : 0);

    /// <summary>Bytes of Mamba state that this engine holds for a sequence: float32 windows as well.</summary>
    public long HeldStateBytesPerSequence => 4L * _c.CountOf(LayerKind.Mamba) * ((long)_c.MambaInnerSize * _c.SsmStateSize + (long)(_c.ConvKernel - 1) * _c.MambaConvSize);

    /// <summary>Bytes of keys and values that this engine holds for a token, in pages of 256 tokens.</summary>
    public long HeldKeyValueBytesPerToken(KeyValuePrecision precision) => KeyValueBytesPerToken / 2 * KeyValueCache.BytesOf(precision);

    /// <summary>Parameters of all layers of a kind with their norms.</summary>
    public long ParametersOf(LayerKind kind) => Sum(_c.Layers, (at, k) => k == kind ? at.LayerParameters(kind) : 0);

    /// <summary>Parameters of one layer with its norm; of a typical one where layers of a kind differ.</summary>
    public long LayerParameters(LayerKind kind)
    {
        long h = _c.HiddenSize;
        return h + kind switch
        {
            LayerKind.Mamba => h * _c.MambaProjectionSize + (long)_c.MambaConvSize * (_c.ConvKernel + (_c.UseConvBias ? 1 : 0))
                + 3L * _c.MambaNumHeads + _c.MambaInnerSize + _c.MambaInnerSize * h,
            LayerKind.Attention => h * _c.HeadDim * (_c.NumAttentionHeads + 2L * _c.NumKeyValueHeads) + (long)_c.NumAttentionHeads * _c.HeadDim * h,
            LayerKind.Experts => _c.RoutedExperts * h + _c.RoutedExperts + 2 * h * _c.SharedIntermediateSize
                + 2 * h * _c.MoeLatentSize + _c.RoutedExperts * ExpertParameters,
            _ => 2 * h * _c.IntermediateSize,
        };
    }

    private long Sum(ImmutableArray<LayerKind> layers, Func<ModelFootprint, LayerKind, long> of)
    {
        var total = 0L;
        for (var layer = 0; layer < layers.Length; layer++) total += of(new ModelFootprint(_c.At(layer)), layers[layer]);
        return total;
    }

    private long ExpertParameters => 2L * _c.ExpertHiddenSize * _c.MoeIntermediateSize;

    private long Ends => (_c.TieWordEmbeddings ? 1L : 2L) * _c.VocabSize * _c.HiddenSize + _c.HiddenSize;
}
