using System.Globalization;

namespace NemotronSharp.Checkpoints;

/// <summary>Which part of a model a tensor belongs to. Matrices of one part are quantized alike.</summary>
public enum ModelPart
{
    /// <summary>The embedding table.</summary>
    Embeddings,

    /// <summary>The output matrix.</summary>
    LmHead,

    /// <summary>Projections of Mamba layers.</summary>
    Mamba,

    /// <summary>The same of a layer right before an attention layer, which the vendor's small model keeps at full precision.</summary>
    MambaBeforeAttention,

    /// <summary>Projections of attention layers, with their cache scales.</summary>
    Attention,

    /// <summary>Dense layers.</summary>
    Mlp,

    /// <summary>Routed experts.</summary>
    Experts,

    /// <summary>Shared experts.</summary>
    SharedExperts,

    /// <summary>Projections into the experts' latent space and back.</summary>
    Latent,

    /// <summary>Gates of the experts and their correction biases: always float.</summary>
    Router,

    /// <summary>Norms, convolutions and the other vectors of the backbone: always float.</summary>
    Vectors,

    /// <summary>All of the multi-token-prediction head.</summary>
    Mtp,

    /// <summary>What the model has no place for.</summary>
    Unread,
}

/// <summary>Parts by the vendor's names.</summary>
internal static class ModelParts
{
    /// <summary>Parts whose matrices may have any type.</summary>
    public static IReadOnlyList<ModelPart> Quantizable { get; } = [.. Enum.GetValues<ModelPart>().Except([ModelPart.Router, ModelPart.Vectors, ModelPart.Unread])];

    /// <summary>The part that a tensor of a model's shape belongs to.</summary>
    public static ModelPart Of(string name, NemotronConfig config)
    {
        if (name.StartsWith("mtp.", StringComparison.Ordinal)) return ModelPart.Mtp;
        if (name.StartsWith("backbone.embeddings.", StringComparison.Ordinal)) return ModelPart.Embeddings;
        if (name.StartsWith("lm_head.", StringComparison.Ordinal)) return ModelPart.LmHead;
        const string mixer = ".mixer.";
        if (name.IndexOf(mixer, StringComparison.Ordinal) is not (> 0 and var at)) return ModelPart.Vectors;
        var rest = name[(at + mixer.Length)..];
        return rest[..(rest.IndexOf('.') is > 0 and var dot ? dot : rest.Length)] switch
        {
            "in_proj" or "out_proj" => IsBeforeAttention(name[..at], config) ? ModelPart.MambaBeforeAttention : ModelPart.Mamba,
            "q_proj" or "k_proj" or "v_proj" or "o_proj" => ModelPart.Attention,
            "up_proj" or "down_proj" => ModelPart.Mlp,
            "experts" => ModelPart.Experts,
            "shared_experts" => ModelPart.SharedExperts,
            "fc1_latent_proj" or "fc2_latent_proj" => ModelPart.Latent,
            "gate" => ModelPart.Router,
            _ => ModelPart.Vectors,
        };
    }

    /// <summary>The part of a matrix that may have any type; null for what is always float.</summary>
    public static ModelPart? OfMatrix(string name, IReadOnlyList<long> shape, NemotronConfig config) =>
        shape.Count != 2 || name.EndsWith(".gate.weight", StringComparison.Ordinal) ? null : Of(name, config);

    private static bool IsBeforeAttention(string layerName, NemotronConfig config)
    {
        var next = int.Parse(layerName.AsSpan(layerName.LastIndexOf('.') + 1), CultureInfo.InvariantCulture) + 1;
        return next < config.Layers.Length && config.Layers[next] == LayerKind.Attention;
    }
}
