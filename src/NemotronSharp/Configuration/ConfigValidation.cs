namespace NemotronSharp.Configuration;

/// <summary>Rules between fields. Sizes alone are checked where they are read.</summary>
internal static class ConfigValidation
{
    // Every product of sizes stays far below what 64-bit arithmetic and real files hold.
    private const long LargestMatrix = 1L << 36;

    public static void Check(NemotronConfig c, string source)
    {
        var blocks = c.Layers.Length + (c.MtpDepth > 0 ? 1 : 0);
        if (!c.PerLayer.IsEmpty && c.PerLayer.Length != blocks) throw Error(source, "per-layer sizes", c.PerLayer.Length, $"{blocks}, one for each block");
        for (var layer = 0; layer < c.PerLayer.Length; layer++) Check(c.At(layer), $"{source}: layer {layer}");
        if (Uses(c, LayerKind.Attention))
        {
            Divides(source, "num_attention_heads", c.NumAttentionHeads, "num_key_value_heads", c.NumKeyValueHeads);
            Matrix(source, "num_attention_heads × head_dim", (long)c.NumAttentionHeads * c.HeadDim, c.HiddenSize);
        }

        if (Uses(c, LayerKind.Mamba))
        {
            Divides(source, "mamba_num_heads", c.MambaNumHeads, "n_groups", c.MambaGroups);
            Matrix(source, "mamba_num_heads × mamba_head_dim", 2L * c.MambaNumHeads * c.MambaHeadDim, c.HiddenSize);
            Matrix(source, "n_groups × ssm_state_size", 2L * c.MambaGroups * c.SsmStateSize, c.HiddenSize);
            if (c.ConvKernel > 64) throw Error(source, "conv_kernel", c.ConvKernel, "2 to 64");
        }

        if (Uses(c, LayerKind.Experts))
        {
            if (c.ExpertsPerToken > c.RoutedExperts) throw Error(source, "num_experts_per_tok", c.ExpertsPerToken, $"at most n_routed_experts = {c.RoutedExperts}");
            Divides(source, "n_routed_experts", c.RoutedExperts, "n_group", c.RouterGroups);
            if (c.RouterTopGroups > c.RouterGroups) throw Error(source, "topk_group", c.RouterTopGroups, $"at most n_group = {c.RouterGroups}");
            var reachable = c.RoutedExperts / c.RouterGroups * c.RouterTopGroups;
            if (c.ExpertsPerToken > reachable) throw Error(source, "num_experts_per_tok", c.ExpertsPerToken, $"at most the {reachable} experts of topk_group groups");
            if (c.RoutedExperts > 65536) throw Error(source, "n_routed_experts", c.RoutedExperts, "at most 65536");
            Matrix(source, "moe_intermediate_size", c.MoeIntermediateSize, c.ExpertHiddenSize);
        }

        if (Uses(c, LayerKind.Mlp)) Matrix(source, "intermediate_size", c.IntermediateSize, c.HiddenSize);
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
        if (rows > int.MaxValue || rows * columns > LargestMatrix) throw new InvalidDataException($"{source}: field '{field}': found {rows} × {columns} elements, expected at most 2^36");
    }

    private static InvalidDataException Error(string source, string field, int found, string expected) =>
        new($"{source}: field '{field}': found {found}, expected {expected}");
}
