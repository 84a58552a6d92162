using System.Text.Json;
using System.Text.Json.Nodes;

namespace NemotronSharp.Configuration;

/// <summary>
/// config.json, read in every spelling in circulation and written in the vendor's.
/// As in the vendor's class a list of blocks wins over a pattern string, and legacy <c>mamba_*</c> names win over modern ones.
/// </summary>
internal static class ConfigJson
{
    public static NemotronConfig Read(string json, string source)
    {
        using var document = JsonText.ParseDocument(PythonJson.QuoteNonFinite(json), source);
        return Read(ConfigFields.Of(document, source), source);
    }

    private static NemotronConfig Read(ConfigFields fields, string source)
    {
        fields.Only("model_type", "\"nemotron_h\"");
        foreach (var bias in (ReadOnlySpan<string>)["attention_bias", "mlp_bias", "mamba_proj_bias", "use_bias"]) fields.Only(bias, "false");
        fields.Only("mlp_hidden_act", "\"relu2\"");
        fields.Only("mamba_hidden_act", "\"silu\"");

        var (layers, mtpFromPattern) = LayerSchedule.ReadMain(fields);
        var mtpLayers = LayerSchedule.ReadMtp(fields, mtpFromPattern);
        var mtpDepth = fields.Size(mtpLayers.IsEmpty ? 0 : Math.Max(1, mtpFromPattern.Length), 0, "num_nextn_predict_layers");
        if (mtpDepth > 0 && mtpLayers.IsEmpty) mtpLayers = [LayerKind.Attention, LayerKind.Experts];
        var (stepMin, stepMax) = fields.Bounds(fields.TryGet("mamba_dt_limit", out _) ? "mamba_dt_limit" : "time_step_limit");
        var moeWidth = fields.Size(7688, 1, "moe_intermediate_size");

        var config = new NemotronConfig
        {
            Layers = layers,
            HiddenSize = fields.RequiredSize("hidden_size"),
            VocabSize = fields.RequiredSize("vocab_size"),
            NumAttentionHeads = fields.Size(32, 1, "num_attention_heads"),
            NumKeyValueHeads = fields.Size(8, 1, "num_key_value_heads"),
            HeadDim = fields.Size(128, 1, "head_dim", "attention_head_dim"),
            MambaNumHeads = fields.Size(128, 1, "mamba_num_heads"),
            MambaHeadDim = fields.Size(64, 1, "mamba_head_dim"),
            MambaGroups = fields.Size(8, 1, "mamba_n_groups", "n_groups"),
            SsmStateSize = fields.Size(128, 1, "mamba_d_state", "ssm_state_size"),
            ConvKernel = fields.Size(4, 2, "mamba_d_conv", "conv_kernel"),
            UseConvBias = fields.Flag(true, "mamba_conv_bias", "use_conv_bias"),
            ChunkSize = fields.Size(128, 1, "mamba_chunk_size", "chunk_size"),
            TimeStepMin = stepMin,
            TimeStepMax = stepMax,
            IntermediateSize = fields.Size(21504, 1, "intermediate_size"),
            RoutedExperts = fields.Size(8, 1, "n_routed_experts"),
            ExpertsPerToken = fields.Size(2, 1, "num_experts_per_tok"),
            MoeIntermediateSize = moeWidth,
            SharedIntermediateSize = fields.Size(1, 0, "n_shared_experts") == 0 ? 0 : fields.Size(7688, 1, "moe_shared_expert_intermediate_size"),
            MoeLatentSize = fields.Size(0, 0, "moe_latent_size"),
            RoutedScalingFactor = fields.Number(1f, 0f, "routed_scaling_factor"),
            NormTopKProb = fields.Flag(true, "norm_topk_prob"),
            RouterGroups = fields.Size(1, 1, "n_group"),
            RouterTopGroups = fields.Size(1, 1, "topk_group"),
            MtpDepth = mtpDepth,
            MtpLayers = mtpDepth == 0 ? [] : mtpLayers,
            NormEpsilon = fields.Number(1e-5f, 0f, "layer_norm_epsilon", "norm_eps", "rms_norm_eps"),
            TieWordEmbeddings = fields.Flag(false, "tie_word_embeddings"),
            MaxPositionEmbeddings = fields.Size(262144, 1, "max_position_embeddings"),
            BosTokenId = fields.Size(1, 0, "bos_token_id"),
            EosTokenIds = fields.TokenIds("eos_token_id", [2, 11]),
            PadTokenId = fields.Size(0, 0, "pad_token_id"),
        };
        ConfigValidation.Check(config, source);
        return config;
    }

    /// <exception cref="InvalidDataException">Layers of a kind differ in size, which the vendor's config.json has no field for.</exception>
    public static string Write(NemotronConfig c)
    {
        if (!c.PerLayer.IsEmpty) throw new InvalidDataException("config.json: found layers of one kind with different sizes, expected equal ones: the format has no field for others; GGUF has");
        var json = new JsonObject
        {
            ["architectures"] = new JsonArray("NemotronHForCausalLM"),
            ["model_type"] = "nemotron_h",
            ["hidden_size"] = c.HiddenSize,
            ["vocab_size"] = c.VocabSize,
            ["num_hidden_layers"] = c.Layers.Length,
            ["hybrid_override_pattern"] = c.Pattern,
            ["num_attention_heads"] = c.NumAttentionHeads,
            ["num_key_value_heads"] = c.NumKeyValueHeads,
            ["head_dim"] = c.HeadDim,
            ["attention_bias"] = false,
            ["mamba_num_heads"] = c.MambaNumHeads,
            ["mamba_head_dim"] = c.MambaHeadDim,
            ["n_groups"] = c.MambaGroups,
            ["ssm_state_size"] = c.SsmStateSize,
            ["conv_kernel"] = c.ConvKernel,
            ["use_conv_bias"] = c.UseConvBias,
            ["chunk_size"] = c.ChunkSize,
            ["mamba_hidden_act"] = "silu",
            ["mamba_proj_bias"] = false,
            ["mlp_hidden_act"] = "relu2",
            ["mlp_bias"] = false,
            ["layer_norm_epsilon"] = c.NormEpsilon,
            ["tie_word_embeddings"] = c.TieWordEmbeddings,
            ["max_position_embeddings"] = c.MaxPositionEmbeddings,
            ["residual_in_fp32"] = false,
            ["mamba_ssm_cache_dtype"] = "float32",
            ["torch_dtype"] = "bfloat16",
            ["bos_token_id"] = c.BosTokenId,
            ["eos_token_id"] = new JsonArray([.. c.EosTokenIds.Select(id => (JsonNode)id)]),
            ["pad_token_id"] = c.PadTokenId,
        };
        if (c.TimeStepMin > 0 || float.IsFinite(c.TimeStepMax))
            json["time_step_limit"] = new JsonArray(c.TimeStepMin, float.IsFinite(c.TimeStepMax) ? c.TimeStepMax : "Infinity");
        if (c.Layers.Contains(LayerKind.Mlp)) json["intermediate_size"] = c.IntermediateSize;
        if (c.Layers.Contains(LayerKind.Experts) || c.MtpLayers.Contains(LayerKind.Experts))
        {
            json["n_routed_experts"] = c.RoutedExperts;
            json["num_experts_per_tok"] = c.ExpertsPerToken;
            json["moe_intermediate_size"] = c.MoeIntermediateSize;
            json["n_shared_experts"] = c.SharedIntermediateSize > 0 ? 1 : 0;
            json["moe_shared_expert_intermediate_size"] = c.SharedIntermediateSize > 0 ? c.SharedIntermediateSize : null;
            json["moe_latent_size"] = c.MoeLatentSize > 0 ? c.MoeLatentSize : null;
            json["routed_scaling_factor"] = c.RoutedScalingFactor;
            json["norm_topk_prob"] = c.NormTopKProb;
            json["n_group"] = c.RouterGroups;
            json["topk_group"] = c.RouterTopGroups;
        }

        if (c.MtpDepth > 0)
        {
            json["num_nextn_predict_layers"] = c.MtpDepth;
            json["mtp_hybrid_override_pattern"] = string.Concat(c.MtpLayers.Select(k => k.Letter()));
        }

        return json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";
    }
}
