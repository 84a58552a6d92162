using NemotronSharp.Kernels;
using NemotronSharp.Numerics;

namespace NemotronSharp.Model;

/// <summary>
/// Multi-token prediction (DeepSeek-V3, arXiv 2412.19437; Nemotron 3, arXiv 2512.20856): from the model's hidden state at t and the
/// embedding of token t + 1 it drafts token t + 2. One attention and one MoE layer with keys/values of their own; embedding and output matrix are the model's.
/// </summary>
internal sealed unsafe class MtpHead
{
    private readonly NemotronConfig _config;
    private readonly float* _embeddingNorm, _hiddenNorm, _attentionNorm, _lastNorm;
    private readonly WeightMatrix _merge;
    private readonly Attention _attention;
    private readonly Block _attentionBlock, _experts;

    public MtpHead(NemotronConfig config, Weights weights)
    {
        _config = config;
        var h = config.HiddenSize;
        _embeddingNorm = weights.Vector("mtp.layers.0.enorm.weight", h);
        _hiddenNorm = weights.Vector("mtp.layers.0.hnorm.weight", h);
        _merge = weights.Matrix("mtp.layers.0.eh_proj.weight", h, 2 * h);
        _lastNorm = weights.Vector("mtp.layers.1.final_layernorm.weight", h);
        var shape = config.At(config.Layers.Length);
        _attentionNorm = weights.Vector("mtp.layers.0.norm.weight", h);
        _attention = new Attention(shape, weights, "mtp.layers.0.mixer", state => (state.Mtp!, state.MtpPosition));
        _attentionBlock = new Block(_attentionNorm, _attention, config.NormEpsilon);
        _experts = new Block(weights.Vector("mtp.layers.1.norm.weight", h), new MixtureOfExperts(shape, weights, "mtp.layers.1.mixer"), config.NormEpsilon);
    }

    /// <summary>
    /// From hidden states g [T, H] and embeddings of the next tokens [T, H] to the head's own hidden states [T, H],
    /// which the output matrix turns into draft logits and which take g's place for the draft after that.
    /// </summary>
    public void Forward(Rows hidden, Rows nextEmbeddings, Step step, Rows result)
    {
        Merge(hidden, nextEmbeddings, step, result);
        _attentionBlock.Forward(result, step);
        _experts.Forward(result, step);
        RmsNorm.Apply(result, _lastNorm, _config.NormEpsilon, result, step.Workers);
        Advance(step);
    }

    /// <summary>The same without the hidden states, for tokens that drafts of later ones attend to: keys and values are all that remains of them.</summary>
    public void Remember(Rows hidden, Rows nextEmbeddings, Step step)
    {
        using var frame = step.Scratch.Enter();
        var merged = step.Scratch.Take(hidden.Count, hidden.Width);
        Merge(hidden, nextEmbeddings, step, merged);
        RmsNorm.Apply(merged, _attentionNorm, _config.NormEpsilon, merged, step.Workers);
        _attention.Remember(merged, step);
        Advance(step);
    }

    private void Merge(Rows hidden, Rows nextEmbeddings, Step step, Rows result)
    {
        using var frame = step.Scratch.Enter();
        var h = _config.HiddenSize;
        var both = step.Scratch.Take(hidden.Count, 2 * h);
        RmsNorm.Apply(nextEmbeddings, _embeddingNorm, _config.NormEpsilon, both.Columns(0, h), step.Workers);
        RmsNorm.Apply(hidden, _hiddenNorm, _config.NormEpsilon, both.Columns(h, h), step.Workers);
        MatMul.Apply(_merge, both, result, step.Kernels);
    }

    private static void Advance(Step step)
    {
        foreach (var segment in step.Segments) segment.State.MtpPosition += segment.Count;
    }
}
