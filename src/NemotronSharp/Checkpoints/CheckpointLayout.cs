namespace NemotronSharp.Checkpoints;

/// <summary>Every tensor that a checkpoint of a shape holds, under the vendor's names, in the order of the forward pass.</summary>
public static class CheckpointLayout
{
    /// <summary>Names and sizes (slowest dimension first).</summary>
    public static IEnumerable<(string Name, long[] Shape)> Tensors(NemotronConfig c)
    {
        yield return ("backbone.embeddings.weight", [c.VocabSize, c.HiddenSize]);
        for (var layer = 0; layer < c.Layers.Length; layer++)
        {
            var prefix = $"backbone.layers.{layer}";
            yield return ($"{prefix}.norm.weight", [c.HiddenSize]);
            foreach (var tensor in Mixer(c.At(layer), c.Layers[layer], $"{prefix}.mixer")) yield return tensor;
        }

        yield return ("backbone.norm_f.weight", [c.HiddenSize]);
        if (!c.TieWordEmbeddings) yield return ("lm_head.weight", [c.VocabSize, c.HiddenSize]);
        foreach (var tensor in Mtp(c)) yield return tensor;
    }

    private static IEnumerable<(string Name, long[] Shape)> Mtp(NemotronConfig c)
    {
        if (c.MtpDepth == 0) yield break;
        yield return ("mtp.layers.0.enorm.weight", [c.HiddenSize]);
        yield return ("mtp.layers.0.hnorm.weight", [c.HiddenSize]);
        yield return ("mtp.layers.0.eh_proj.weight", [c.HiddenSize, 2L * c.HiddenSize]);
        for (var layer = 0; layer < c.MtpLayers.Length; layer++)
        {
            yield return ($"mtp.layers.{layer}.norm.weight", [c.HiddenSize]);
            foreach (var tensor in Mixer(c.At(c.Layers.Length), c.MtpLayers[layer], $"mtp.layers.{layer}.mixer")) yield return tensor;
        }

        yield return ($"mtp.layers.{c.MtpLayers.Length - 1}.final_layernorm.weight", [c.HiddenSize]);
    }

    private static IEnumerable<(string Name, long[] Shape)> Mixer(NemotronConfig c, LayerKind kind, string prefix) => kind switch
    {
        LayerKind.Mamba => Mamba(c, prefix),
        LayerKind.Attention => Attention(c, prefix),
        LayerKind.Experts => Experts(c, prefix),
        _ => Mlp(prefix, c.IntermediateSize, c.HiddenSize),
    };

    private static IEnumerable<(string Name, long[] Shape)> Mamba(NemotronConfig c, string prefix)
    {
        yield return ($"{prefix}.in_proj.weight", [c.MambaProjectionSize, c.HiddenSize]);
        yield return ($"{prefix}.conv1d.weight", [c.MambaConvSize, 1, c.ConvKernel]);
        if (c.UseConvBias) yield return ($"{prefix}.conv1d.bias", [c.MambaConvSize]);
        yield return ($"{prefix}.A_log", [c.MambaNumHeads]);
        yield return ($"{prefix}.D", [c.MambaNumHeads]);
        yield return ($"{prefix}.dt_bias", [c.MambaNumHeads]);
        yield return ($"{prefix}.norm.weight", [c.MambaInnerSize]);
        yield return ($"{prefix}.out_proj.weight", [c.HiddenSize, c.MambaInnerSize]);
    }

    private static IEnumerable<(string Name, long[] Shape)> Attention(NemotronConfig c, string prefix)
    {
        long queries = (long)c.NumAttentionHeads * c.HeadDim, keys = (long)c.NumKeyValueHeads * c.HeadDim;
        yield return ($"{prefix}.q_proj.weight", [queries, c.HiddenSize]);
        yield return ($"{prefix}.k_proj.weight", [keys, c.HiddenSize]);
        yield return ($"{prefix}.v_proj.weight", [keys, c.HiddenSize]);
        yield return ($"{prefix}.o_proj.weight", [c.HiddenSize, queries]);
    }

    private static IEnumerable<(string Name, long[] Shape)> Experts(NemotronConfig c, string prefix)
    {
        yield return ($"{prefix}.gate.weight", [c.RoutedExperts, c.HiddenSize]);
        yield return ($"{prefix}.gate.e_score_correction_bias", [c.RoutedExperts]);
        if (c.MoeLatentSize > 0)
        {
            yield return ($"{prefix}.fc1_latent_proj.weight", [c.MoeLatentSize, c.HiddenSize]);
            yield return ($"{prefix}.fc2_latent_proj.weight", [c.HiddenSize, c.MoeLatentSize]);
        }

        for (var e = 0; e < c.RoutedExperts; e++)
            foreach (var tensor in Mlp($"{prefix}.experts.{e}", c.MoeIntermediateSize, c.ExpertHiddenSize)) yield return tensor;
        if (c.SharedIntermediateSize == 0) yield break;
        foreach (var tensor in Mlp($"{prefix}.shared_experts", c.SharedIntermediateSize, c.HiddenSize)) yield return tensor;
    }

    private static IEnumerable<(string Name, long[] Shape)> Mlp(string prefix, int width, int hidden)
    {
        yield return ($"{prefix}.up_proj.weight", [width, hidden]);
        yield return ($"{prefix}.down_proj.weight", [hidden, width]);
    }
}
