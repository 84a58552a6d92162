using NemotronSharp.Kernels;
using NemotronSharp.Numerics;

namespace NemotronSharp.Model;

/// <summary>
/// The Nemotron-H / Nemotron 3 model (arXiv 2504.03624, 2512.20856): embedding, residual layers of one mixer each, a last norm, an output matrix.
/// <code>
/// x = Embedding[token]
/// for each layer:  x = x + mixer(norm(x))
/// logits = head · norm(x)
/// </code>
/// Immutable after construction; the checkpoint's mapped files must outlive it.
/// </summary>
internal sealed unsafe class HybridModel
{
    private readonly NemotronConfig _config;
    private readonly WeightMatrix _embedding, _head;
    private readonly Block[] _blocks;
    private readonly float* _lastNorm;

    public HybridModel(NemotronConfig config, Weights weights, ScanForm form)
    {
        _config = config;
        _embedding = weights.Matrix("backbone.embeddings.weight", config.VocabSize, config.HiddenSize);
        _head = config.TieWordEmbeddings ? _embedding : weights.Matrix("lm_head.weight", config.VocabSize, config.HiddenSize);
        _lastNorm = weights.Vector("backbone.norm_f.weight", config.HiddenSize);

        int mamba = 0, attention = 0;
        _blocks = new Block[config.Layers.Length];
        for (var layer = 0; layer < _blocks.Length; layer++)
        {
            var prefix = $"backbone.layers.{layer}";
            var nth = attention;
            var shape = config.At(layer);
            Mixer mixer = config.Layers[layer] switch
            {
                LayerKind.Mamba => new Mamba2Mixer(shape, weights, $"{prefix}.mixer", mamba++, form),
                LayerKind.Attention => new Attention(shape, weights, $"{prefix}.mixer", state => (state.KeyValues(nth), state.Position)),
                LayerKind.Experts => new MixtureOfExperts(shape, weights, $"{prefix}.mixer"),
                _ => new Mlp(weights, $"{prefix}.mixer", shape.IntermediateSize, shape.HiddenSize),
            };
            if (config.Layers[layer] == LayerKind.Attention) attention++;
            _blocks[layer] = new Block(weights.Vector($"{prefix}.norm.weight", config.HiddenSize), mixer, config.NormEpsilon);
        }

        if (config.MtpDepth > 0 && weights.Has("mtp.layers.0.eh_proj.weight")) Mtp = new MtpHead(config, weights);
    }

    /// <summary>The multi-token-prediction head; null when the checkpoint has none.</summary>
    public MtpHead? Mtp { get; }

    /// <summary>Moves the step's sequences by their ids [T] and writes the normalised last hidden states [T, H].</summary>
    public void Forward(ReadOnlySpan<int> ids, Step step, Rows hidden)
    {
        Embed(ids, hidden);
        foreach (var block in _blocks) block.Forward(hidden, step);
        RmsNorm.Apply(hidden, _lastNorm, _config.NormEpsilon, hidden, step.Workers);
        foreach (var segment in step.Segments) segment.State.Advance(segment.Count, segment.Kept);
    }

    /// <summary>Embedding rows [T, H] of ids below V.</summary>
    public void Embed(ReadOnlySpan<int> ids, Rows x)
    {
        for (var t = 0; t < ids.Length; t++) _embedding.CopyRow(ids[t], x[t]);
    }

    /// <summary>Logits [T, V] of normalised hidden states [T, H].</summary>
    public void Logits(Rows hidden, Rows logits, KernelContext kernels) => MatMul.Apply(_head, hidden, logits, kernels);

    /// <summary>Logits [n, V] of n chosen rows of normalised hidden states [T, H].</summary>
    public void Logits(Rows hidden, int* rows, Rows logits, KernelContext kernels) => MatMul.Apply([new Product(_head, hidden, logits, rows)], kernels);
}
