using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace NemotronSharp.Training.Model;

/// <summary>
/// Sigmoid-routed mixture of squared-ReLU experts, in a latent space when the config names one (LatentMoE, arXiv 2601.18089).
/// Expert matrices are stacked: up [E, I, X] as in a merged checkpoint; down is kept transposed, [E, I, X], so that all experts
/// of a token are one matrix product.
/// </summary>
internal sealed class MixtureOfExperts : IMixer
{
    private readonly NemotronConfig _config;
    private readonly Tensor _gate, _up, _down;
    private readonly Tensor? _intoLatent, _outOfLatent;
    private readonly Mlp? _shared;

    public MixtureOfExperts(ModelBuilder build, string name)
    {
        var c = _config = build.Config;
        _gate = build.Matrix($"{name}.gate.weight", c.RoutedExperts, c.HiddenSize);
        CorrectionBias = build.Parameters.Buffer($"{name}.gate.e_score_correction_bias", zeros(c.RoutedExperts));
        _up = build.Matrix($"{name}.experts.up_proj", c.RoutedExperts, c.MoeIntermediateSize, c.ExpertHiddenSize);
        _down = build.ResidualMatrix($"{name}.experts.down_proj", c.RoutedExperts, c.MoeIntermediateSize, c.ExpertHiddenSize);
        if (c.MoeLatentSize > 0)
        {
            _intoLatent = build.Matrix($"{name}.fc1_latent_proj.weight", c.MoeLatentSize, c.HiddenSize);
            _outOfLatent = build.Matrix($"{name}.fc2_latent_proj.weight", c.HiddenSize, c.MoeLatentSize);
        }
        if (c.SharedIntermediateSize > 0) _shared = new Mlp(build, $"{name}.shared_experts", c.SharedIntermediateSize);
        Load = zeros_like(CorrectionBias).DetachFromDisposeScope();
    }

    /// <summary>Added to the scores when choosing experts, never when weighing them; [E].</summary>
    public Tensor CorrectionBias { get; }

    /// <summary>Tokens routed to each expert, [E], since the last <see cref="ResetLoad"/>.</summary>
    public Tensor Load { get; }

    public void ResetLoad() => Load.zero_();

    /// <summary>Busiest expert's load over the mean load; 1 is perfect balance, E/k the worst.</summary>
    public double MaxViolation
    {
        get
        {
            var load = Load.Singles();
            return load.Sum() is > 0 and var sum ? load.Max() * (double)load.Length / sum : 1;
        }
    }

    /// <summary>Loss-free balancing (arXiv 2408.15664): nudges the bias of each expert towards the mean load.</summary>
    public void Balance(double rate)
    {
        using var scope = NewDisposeScope();
        CorrectionBias.add_((Load.mean() - Load).sign() * rate);
    }

    public Tensor Forward(Tensor x, PackedBatch batch, ForwardPass pass)
    {
        var c = _config;
        var scores = linear(x, _gate).sigmoid();                                                     // FP32 [B,T,E]
        Tensor chosen;
        using (no_grad()) chosen = (scores + CorrectionBias).topk(c.ExpertsPerToken).indexes;        // [B,T,k]
        var weights = scores.gather(-1, chosen);
        if (c.NormTopKProb) weights = weights / (weights.sum(-1, keepdim: true) + 1e-20);
        weights = weights * c.RoutedScalingFactor;
        var spread = zeros_like(scores).scatter(-1, chosen, weights);                                // zero where not chosen
        Count(scores, chosen, pass);

        var input = x.to(pass.Compute);
        var v = _intoLatent is null ? input : Ops.Linear(input, _intoLatent, pass.Compute);
        var hidden = Ops.Linear(v, _up.flatten(0, 1), pass.Compute).flatten(0, 1);                   // [B·T,E·I]
        var active = Ops.ExpertActivation(hidden, spread.flatten(0, 1), pass);
        var routed = matmul(active, _down.flatten(0, 1).to(pass.Compute)).reshape(batch.Rows, batch.Length, -1);
        if (_outOfLatent is not null) routed = Ops.Linear(routed, _outOfLatent, pass.Compute);
        return _shared is null ? routed : routed + _shared.Forward(input, batch, pass);
    }

    // Loads for the bias update, and the sequence balance loss Σ_e f_e·P_e of each row.
    private void Count(Tensor scores, Tensor chosen, ForwardPass pass)
    {
        Tensor counts;
        using (no_grad())
        {
            var slots = chosen.flatten(1);
            counts = zeros([scores.shape[0], _config.RoutedExperts], float32, scores.device).scatter_add(1, slots, ones(slots.shape, float32, scores.device));
            Load.add_(counts.sum([0]));
        }
        var share = counts * ((double)_config.RoutedExperts / (_config.ExpertsPerToken * scores.shape[1]));
        var probability = (scores / (scores.sum(-1, keepdim: true) + 1e-20)).mean([1]);
        pass.BalanceLosses.Add((share * probability).sum(-1).mean());
    }
}
