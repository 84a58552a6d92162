namespace NemotronSharp.Checkpoints;

/// <summary>Parts of a model whose matrices are quantized alike. Norms, convolutions, routers and the Mamba vectors belong to none: they stay float.</summary>
public enum ModelPart
{
    /// <summary>The embedding table.</summary>
    Embeddings,

    /// <summary>The output matrix.</summary>
    LmHead,

    /// <summary>q, k, v and o of attention layers.</summary>
    Attention,

    /// <summary>in_proj and out_proj of Mamba layers.</summary>
    Mamba,

    /// <summary>The same of the last Mamba layer before an attention layer, which the vendor's small model keeps at full precision.</summary>
    MambaBeforeAttention,

    /// <summary>Dense MLP layers.</summary>
    Mlp,

    /// <summary>Routed experts.</summary>
    Experts,

    /// <summary>Shared experts.</summary>
    SharedExperts,

    /// <summary>Projections into and out of the latent space of the routed experts.</summary>
    Latent,

    /// <summary>The multi-token-prediction head.</summary>
    Mtp,
}

/// <summary>Which part a tensor belongs to.</summary>
internal static class ModelParts
{
    /// <summary>The part of a matrix; null for what stays float.</summary>
    /// <param name="name">Vendor's name.</param>
    /// <param name="shape">Sizes of the tensor.</param>
    /// <param name="config">The model's shape.</param>
    public static ModelPart? Of(string name, IReadOnlyList<long> shape, NemotronConfig config)
    {
        if (shape.Count != 2 || name.EndsWith(".gate.weight", StringComparison.Ordinal)) return null;
        if (name.StartsWith("mtp.", StringComparison.Ordinal)) return ModelPart.Mtp;
        if (name.StartsWith("backbone.embeddings.", StringComparison.Ordinal)) return ModelPart.Embeddings;
        if (name.StartsWith("lm_head.", StringComparison.Ordinal)) return ModelPart.LmHead;
        if (name.Contains(".shared_experts.", StringComparison.Ordinal)) return ModelPart.SharedExperts;
        if (name.Contains(".experts.", StringComparison.Ordinal)) return ModelPart.Experts;
        if (name.Contains("_latent_proj.", StringComparison.Ordinal)) return ModelPart.Latent;
        var layer = int.Parse(name.Split('.')[2], System.Globalization.CultureInfo.InvariantCulture);
        return config.Layers[layer] switch
        {
            LayerKind.Mamba => IsLastBeforeAttention(config, layer) ? ModelPart.MambaBeforeAttention : ModelPart.Mamba,
            LayerKind.Attention => ModelPart.Attention,
            _ => ModelPart.Mlp,
        };
    }

    private static bool IsLastBeforeAttention(NemotronConfig config, int layer) => layer + 1 < config.Layers.Length && config.Layers[layer + 1] == LayerKind.Attention;
}
