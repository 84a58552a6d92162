using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace NemotronSharp.Training.Model;

/// <summary>
/// The Nemotron-H / Nemotron 3 architecture with gradients: the same function as the engine's, over packed rows of documents.
/// Owns its parameters; one thread at a time.
/// </summary>
internal sealed class HybridLanguageModel : IDisposable
{
    private readonly Tensor _embeddings, _finalNorm, _output;
    private readonly ResidualLayer[] _layers;
    private readonly MtpHead? _mtp;

    /// <param name="config">A validated shape.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="initial">How the weights are drawn.</param>
    /// <param name="device">Where the weights live; the CPU if null.</param>
    public HybridLanguageModel(NemotronConfig config, long seed, InitialWeights? initial = null, Device? device = null)
    {
        initial ??= new InitialWeights();
        Config = config;
        Parameters = new ParameterStore(seed, device);
        using var scope = NewDisposeScope();
        var build = new ModelBuilder(config, Parameters, initial);
        _embeddings = Parameters.Matrix("backbone.embeddings.weight", initial.Embeddings(Parameters, config.VocabSize, config.HiddenSize));
        _layers = [.. config.Layers.Select((kind, i) => new ResidualLayer(build, kind, $"backbone.layers.{i}"))];
        _finalNorm = build.Norm("backbone.norm_f.weight", config.HiddenSize);
        // Untied, but born parallel: a token's own row is the output that its embedding points to, so copying from the context need
        // not first be learned token by token.
        _output = config.TieWordEmbeddings ? _embeddings : Parameters.Matrix("lm_head.weight", _embeddings * (initial.Std / (initial.EmbeddingStd ?? initial.Std)));
        _mtp = config.MtpDepth > 0 ? new MtpHead(build) : null;
        Routers = [.. _layers.Concat(_mtp?.Layers ?? []).Select(l => l.Mixer).OfType<MixtureOfExperts>()];
        MtpRouters = [.. (_mtp?.Layers ?? []).Select(l => l.Mixer).OfType<MixtureOfExperts>()];
    }

    public NemotronConfig Config { get; }

    public ParameterStore Parameters { get; }

    /// <summary>Every MoE layer, those of the MTP head last.</summary>
    public IReadOnlyList<MixtureOfExperts> Routers { get; }

    /// <summary>Those of the MTP head alone.</summary>
    public IReadOnlyList<MixtureOfExperts> MtpRouters { get; }

    /// <summary>Hidden states that the output matrix turns into logits: index 0 predicts the next token, index d is MTP depth d (as many as the batch has targets for); each [B, T, H].</summary>
    public List<Tensor> Hidden(PackedBatch batch, ForwardPass pass)
    {
        var x = Embed(batch.Ids);
        foreach (var layer in _layers)
        {
            x = layer.Forward(x, batch, pass);
            pass.Observe(x);
        }
        var hidden = new List<Tensor> { Ops.RmsNorm(x, _finalNorm, Config.NormEpsilon, pass) };
        for (var depth = 1; depth < batch.Targets.Count; depth++)
        {
            // Row ends wrap round to tokens of the row's start; no target is ever there and nothing later looks back at it.
            var next = Embed(batch.Ids.roll(-depth, 1));
            hidden.Add(_mtp!.Forward(hidden[^1], next, batch, pass));
        }
        return hidden;
    }

    /// <summary>Summed cross entropies (FP32, nats), index 0 for the next token and index d for MTP depth d.</summary>
    public List<Tensor> Losses(PackedBatch batch, ForwardPass pass)
    {
        var losses = new List<Tensor>();
        foreach (var (hidden, targets) in Hidden(batch, pass).Zip(batch.Targets))
        {
            var predicting = hidden.flatten(0, 1).index_select(0, targets.Positions);
            var logits = Ops.Linear(predicting, _output, pass.Compute).to(float32);
            losses.Add(cross_entropy(logits, targets.Ids, reduction: TorchSharp.torch.nn.Reduction.Sum));
        }
        return losses;
    }

    /// <summary>FP32 logits [B, T, V] of every position, index 0 for the next token and index d for MTP depth d. No gradients.</summary>
    public List<Tensor> Logits(PackedBatch batch)
    {
        using var _ = no_grad();
        using var pass = new ForwardPass(ScalarType.Float32);
        return [.. Hidden(batch, pass).Select(h => linear(h, _output))];
    }

    private Tensor Embed(Tensor ids) => _embeddings.index_select(0, ids.flatten()).view(ids.shape[0], ids.shape[1], -1);

    public void Dispose() => Parameters.Dispose();
}
