namespace NemotronSharp.Checkpoints;

/// <summary>Which part of a model a tensor belongs to.</summary>
public enum ModelPart
{
    /// <summary>The embedding table.</summary>
    Embeddings,

    /// <summary>The output matrix.</summary>
    Output,

    /// <summary>Projections of Mamba layers.</summary>
    Mamba,

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

    /// <summary>Gates of the experts and their correction biases.</summary>
    Router,

    /// <summary>Norms, convolutions and the other vectors of the backbone.</summary>
    Vectors,

    /// <summary>All of the multi-token-prediction head.</summary>
    Mtp,

    /// <summary>What the model has no place for.</summary>
    Unread,
}

/// <summary>Parts by the vendor's names.</summary>
internal static class ModelParts
{
    public static ModelPart Of(string name)
    {
        if (name.StartsWith("mtp.", StringComparison.Ordinal)) return ModelPart.Mtp;
        if (name.StartsWith("backbone.embeddings.", StringComparison.Ordinal)) return ModelPart.Embeddings;
        if (name.StartsWith("lm_head.", StringComparison.Ordinal)) return ModelPart.Output;
        const string mixer = ".mixer.";
        if (name.IndexOf(mixer, StringComparison.Ordinal) is not (> 0 and var at)) return ModelPart.Vectors;
        var rest = name[(at + mixer.Length)..];
        return rest[..(rest.IndexOf('.') is > 0 and var dot ? dot : rest.Length)] switch
        {
            "in_proj" or "out_proj" => ModelPart.Mamba,
            "q_proj" or "k_proj" or "v_proj" or "o_proj" => ModelPart.Attention,
            "up_proj" or "down_proj" => ModelPart.Mlp,
            "experts" => ModelPart.Experts,
            "shared_experts" => ModelPart.SharedExperts,
            "fc1_latent_proj" or "fc2_latent_proj" => ModelPart.Latent,
            "gate" => ModelPart.Router,
            _ => ModelPart.Vectors,
        };
    }
}
