using NemotronSharp.Kernels;
using NemotronSharp.Numerics;

namespace NemotronSharp.Model;

/// <summary>
/// Routed experts beside a shared one. In a latent model (LatentMoE, arXiv 2601.18089) the routed experts live in a
/// narrower space reached by one shared projection each way; router and shared expert always see the full width.
/// </summary>
internal sealed unsafe class MixtureOfExperts : Mixer
{
    private readonly NemotronConfig _config;
    private readonly RouterRule _rule;
    private readonly WeightMatrix _gate;
    private readonly float* _bias;
    private readonly Mlp[] _experts;
    private readonly Mlp? _shared;
    private readonly WeightMatrix? _toLatent, _fromLatent;

    public MixtureOfExperts(NemotronConfig config, Weights weights, string prefix)
    {
        _config = config;
        _rule = new RouterRule(config.ExpertsPerToken, config.RouterGroups, config.RouterTopGroups, config.NormTopKProb, config.RoutedScalingFactor);
        _gate = weights.Matrix($"{prefix}.gate.weight", config.RoutedExperts, config.HiddenSize);
        _bias = weights.Vector($"{prefix}.gate.e_score_correction_bias", config.RoutedExperts);
        var up = weights.Experts(prefix, "up_proj", config.RoutedExperts, config.MoeIntermediateSize, config.ExpertHiddenSize);
        var down = weights.Experts(prefix, "down_proj", config.RoutedExperts, config.ExpertHiddenSize, config.MoeIntermediateSize);
        _experts = [.. up.Zip(down, (u, d) => new Mlp(u, d))];
        if (config.SharedIntermediateSize > 0) _shared = new Mlp(weights, $"{prefix}.shared_experts", config.SharedIntermediateSize, config.HiddenSize);
        if (config.MoeLatentSize == 0) return;
        _toLatent = weights.Matrix($"{prefix}.fc1_latent_proj.weight", config.MoeLatentSize, config.HiddenSize);
        _fromLatent = weights.Matrix($"{prefix}.fc2_latent_proj.weight", config.HiddenSize, config.MoeLatentSize);
    }

    public override void Forward(Rows x, Rows y, Step step)
    {
        using var frame = step.Scratch.Enter();
        var routing = Route(x, step);

        if (_toLatent is { } down && _fromLatent is { } up)
        {
            var latent = step.Scratch.Take(x.Count, down.Rows);
            var mixed = step.Scratch.Take(x.Count, down.Rows);
            MatMul.Apply(down, x, latent, step.Workers);
            Mix(latent, mixed, routing, step);
            MatMul.Apply(up, mixed, y, step.Workers);
        }
        else
        {
            Mix(x, y, routing, step);
        }

        if (_shared is null) return;
        var shared = step.Scratch.Take(x.Count, x.Width);
        _shared.Forward(x, shared, step);
        for (var t = 0; t < x.Count; t++) Lanes.AddScaled(y.Row(t), shared.Row(t), 1f, y.Width);
    }

    private Routing Route(Rows x, Step step)
    {
        var scores = step.Scratch.Take(x.Count, _config.RoutedExperts);
        MatMul.Apply(_gate, x, scores, step.Workers);
        var routing = new Routing(x.Count, _rule.TopK);
        for (var t = 0; t < x.Count; t++)
            ExpertRouter.Route(scores[t], new ReadOnlySpan<float>(_bias, _config.RoutedExperts), _rule, routing.Experts(t), routing.Weights(t));
        return routing;
    }

    // Each expert sees all its tokens at once; a token's experts are added in the order of its choice, whatever the batch.
    private void Mix(Rows input, Rows output, Routing routing, Step step)
    {
        var results = step.Scratch.Take(input.Count * _rule.TopK, input.Width);
        for (var e = 0; e < _experts.Length; e++)
        {
            var slots = routing.SlotsOf(e);
            if (slots.Count == 0) continue;
            using var frame = step.Scratch.Enter();
            var gathered = step.Scratch.Take(slots.Count, input.Width);
            var mixed = step.Scratch.Take(slots.Count, input.Width);
            for (var i = 0; i < slots.Count; i++) input[slots[i] / _rule.TopK].CopyTo(gathered[i]);
            _experts[e].Forward(gathered, mixed, step);
            for (var i = 0; i < slots.Count; i++) mixed[i].CopyTo(results[slots[i]]);
        }

        for (var t = 0; t < input.Count; t++)
        {
            output[t].Clear();
            for (var slot = 0; slot < _rule.TopK; slot++)
                Lanes.AddScaled(output.Row(t), results.Row(t * _rule.TopK + slot), routing.Weights(t)[slot], input.Width);
        }
    }
}
