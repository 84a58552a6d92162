namespace NemotronSharp.Configuration;

/// <summary>Rules between fields. Sizes alone are checked where they are read.</summary>
internal static class ConfigValidation
{
    // Every product of sizes stays far below what 64-bit arithmetic and real files hold.
    private const long LargestMatrix = 1L << 36;

    // Several times the widest released model. Scratch memory is tokens × widths, whose matrices may be tiny: they bound nothing.
    private const int WidestStream = 1 << 16, WidestLayer = 1 << 18, WidestHead = 1 << 12, MostExpertsPerToken = 256;

    // A state of 16 MiB needs no leave; beyond that it must not be larger than the projections that fill it, which have to be in the file.
    private const long FreeState = 1L << 22;

    public static void Check(NemotronConfig c, string source)
    {
        var blocks = c.Layers.Length + (c.MtpDepth > 0 ? 1 : 0);
        if (!c.PerLayer.IsEmpty && c.PerLayer.Length != blocks) throw Error(source, "per-layer sizes", c.PerLayer.Length, $"{blocks}, one for each block");
        for (var layer = 0; layer < c.PerLayer.Length; layer++) Check(c.At(layer), $"{source}: layer {layer}");
        if (c.Layers.IsEmpty) throw new InvalidDataException($"{source}: found no layers, expected at least one");
        if (c.HiddenSize > WidestStream) throw Error(source, "hidden_size", c.HiddenSize, $"at most {WidestStream}");
        Positive(source, "layer_norm_epsilon", c.NormEpsilon);
        if (Uses(c, LayerKind.Attention))
        {
            Divides(source, "num_attention_heads", c.NumAttentionHeads, "num_key_value_heads", c.NumKeyValueHeads);
            if (c.HeadDim > WidestHead) throw Error(source, "head_dim", c.HeadDim, $"at most {WidestHead}");
            Layer(source, "num_attention_heads × head_dim", (long)c.NumAttentionHeads * c.HeadDim);
        }

        if (Uses(c, LayerKind.Mamba))
        {
            Divides(source, "mamba_num_heads", c.MambaNumHeads, "n_groups", c.MambaGroups);
            Layer(source, "mamba_num_heads × mamba_head_dim", (long)c.MambaNumHeads * c.MambaHeadDim);
            Layer(source, "n_groups × ssm_state_size", (long)c.MambaGroups * c.SsmStateSize);
            if (c.ConvKernel > 64) throw Error(source, "conv_kernel", c.ConvKernel, "2 to 64");
            State(source, c);
        }

        if (Uses(c, LayerKind.Experts))
        {
            if (c.ExpertsPerToken > c.RoutedExperts) throw Error(source, "num_experts_per_tok", c.ExpertsPerToken, $"at most n_routed_experts = {c.RoutedExperts}");
            Divides(source, "n_routed_experts", c.RoutedExperts, "n_group", c.RouterGroups);
            if (c.RouterTopGroups > c.RouterGroups) throw Error(source, "topk_group", c.RouterTopGroups, $"at most n_group = {c.RouterGroups}");
            var reachable = c.RoutedExperts / c.RouterGroups * c.RouterTopGroups;
            if (c.ExpertsPerToken > reachable) throw Error(source, "num_experts_per_tok", c.ExpertsPerToken, $"at most the {reachable} experts of topk_group groups");
            if (c.RoutedExperts > 65536) throw Error(source, "n_routed_experts", c.RoutedExperts, "at most 65536");
            if (c.ExpertsPerToken > MostExpertsPerToken) throw Error(source, "num_experts_per_tok", c.ExpertsPerToken, $"at most {MostExpertsPerToken}");
            if (c.MoeLatentSize > WidestStream) throw Error(source, "moe_latent_size", c.MoeLatentSize, $"at most {WidestStream}");
            Layer(source, "moe_intermediate_size", c.MoeIntermediateSize);
            Layer(source, "moe_shared_expert_intermediate_size", c.SharedIntermediateSize);
            Positive(source, "routed_scaling_factor", c.RoutedScalingFactor);
        }

        if (Uses(c, LayerKind.Mlp)) Layer(source, "intermediate_size", c.IntermediateSize);
        Matrix(source, "vocab_size", c.VocabSize, c.HiddenSize);
        if (c.MtpDepth > 0 && !c.MtpLayers.SequenceEqual([LayerKind.Attention, LayerKind.Experts]))
            throw new InvalidDataException($"{source}: field 'mtp_hybrid_override_pattern': found {string.Concat(c.MtpLayers.Select(k => k.Letter()))}, expected *E, the only MTP block supported");
        foreach (var id in c.EosTokenIds.Append(c.BosTokenId).Append(c.PadTokenId))
            if (id >= c.VocabSize) throw Error(source, "eos_token_id, bos_token_id, pad_token_id", id, $"ids below vocab_size = {c.VocabSize}");
    }

    private static bool Uses(NemotronConfig c, LayerKind kind) => c.Layers.Contains(kind) || c.MtpLayers.Contains(kind);

    private static void Divides(string source, string field, int value, string divisorField, int divisor)
    {
        if (value % divisor != 0) throw Error(source, field, value, $"a multiple of {divisorField} = {divisor}");
    }

    private static void Matrix(string source, string field, long rows, long columns)
    {
        if (rows * columns > LargestMatrix) throw new InvalidDataException($"{source}: field '{field}': found {rows} × {columns} elements, expected at most 2^36");
    }

    private static void Layer(string source, string field, long width)
    {
        if (width > WidestLayer) throw new InvalidDataException($"{source}: field '{field}': found a width of {width}, expected at most {WidestLayer}");
    }

    private static void State(string source, NemotronConfig c)
    {
        var state = (long)c.MambaInnerSize * c.SsmStateSize + (long)(c.ConvKernel - 1) * c.MambaConvSize;
        var weights = (long)c.MambaProjectionSize * c.HiddenSize;
        var layers = c.CountOf(LayerKind.Mamba);
        if (layers * state > Math.Max(FreeState, layers * weights))
            throw new InvalidDataException($"{source}: field 'ssm_state_size': found {c.SsmStateSize}, a state of {state} values in each of {layers} layers, expected at most the {weights} of a layer's in_proj");
    }

    private static void Positive(string source, string field, float value)
    {
        if (!(value > 0) || !float.IsFinite(value)) throw new InvalidDataException($"{source}: field '{field}': found {value}, expected a finite number above 0");
    }

    private static InvalidDataException Error(string source, string field, int found, string expected) =>
        new($"{source}: field '{field}': found {found}, expected {expected}");
}
