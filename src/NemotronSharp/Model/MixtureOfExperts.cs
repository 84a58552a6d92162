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
    private readonly WeightMatrix[] _up, _down;
    private readonly (WeightMatrix Up, WeightMatrix Down)? _shared;
    private readonly WeightMatrix? _toLatent, _fromLatent;

    public MixtureOfExperts(NemotronConfig config, Weights weights, string prefix)
    {
        _config = config;
        _rule = new RouterRule(config.ExpertsPerToken, config.RouterGroups, config.RouterTopGroups, config.NormTopKProb, config.RoutedScalingFactor);
        _gate = weights.Matrix($"{prefix}.gate.weight", config.RoutedExperts, config.HiddenSize);
        _bias = weights.Vector($"{prefix}.gate.e_score_correction_bias", config.RoutedExperts);
        _up = weights.Experts(prefix, "up_proj", config.RoutedExperts, config.MoeIntermediateSize, config.ExpertHiddenSize);
        _down = weights.Experts(prefix, "down_proj", config.RoutedExperts, config.ExpertHiddenSize, config.MoeIntermediateSize);
        if (config.SharedIntermediateSize > 0)
        {
            _shared = (
                weights.Matrix($"{prefix}.shared_experts.up_proj.weight", config.SharedIntermediateSize, config.HiddenSize),
                weights.Matrix($"{prefix}.shared_experts.down_proj.weight", config.HiddenSize, config.SharedIntermediateSize));
        }
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
            var shared = step.Scratch.Take(x.Count, x.Width);
            MatMul.Apply(down, x, latent, step.Kernels);
            Mix(latent, x, mixed, shared, routing, step);
            MatMul.Apply(up, mixed, y, step.Kernels);
            if (_shared is not null) Residual.Add(y, shared, step.Workers);
        }
        else
        {
            var shared = step.Scratch.Take(x.Count, x.Width);
            Mix(x, x, y, shared, routing, step);
            if (_shared is not null) Residual.Add(y, shared, step.Workers);
        }
    }

    private Routing Route(Rows x, Step step)
    {
        var scores = step.Scratch.Take(x.Count, _config.RoutedExperts);
        MatMul.Apply(_gate, x, scores, step.Kernels);
        var routing = new Routing(x.Count, _rule.TopK, _config.RoutedExperts, step.Scratch);
        step.Workers.Run(new Choose(scores, _bias, _rule, routing), x.Count, Workers.RowGrain(_config.RoutedExperts * (1 + _rule.TopK / Lanes.Width)));
        routing.Sort();
        return routing;
    }

    // All experts, the shared one among them, go up together and down together: their weights stream without a pause.
    private void Mix(Rows input, Rows full, Rows output, Rows shared, Routing routing, Step step)
    {
        var slots = input.Count * _rule.TopK;
        var wide = step.Scratch.Take(slots, _config.MoeIntermediateSize);
        var results = step.Scratch.Take(slots, input.Width);
        var sharedWide = step.Scratch.Take(full.Count, Math.Max(1, _config.SharedIntermediateSize));
        var products = new Span<Product>(step.Scratch.TakeBytes((_up.Length + 1L) * sizeof(Product)), _up.Length + 1);

        var count = 0;
        for (var e = 0; e < _up.Length; e++)
        {
            var (first, chosen) = routing.PlacesOf(e);
            if (chosen > 0) products[count++] = new Product(_up[e], input, wide.Slice(first, chosen), routing.TokensFrom(first));
        }
        if (_shared is { } up) products[count++] = new Product(up.Up, full, sharedWide);
        MatMul.Apply(products[..count], step.Kernels);

        SquaredRelu.Apply(wide, step.Workers);
        if (_shared is not null) SquaredRelu.Apply(sharedWide, step.Workers);

        count = 0;
        for (var e = 0; e < _down.Length; e++)
        {
            var (first, chosen) = routing.PlacesOf(e);
            if (chosen > 0) products[count++] = new Product(_down[e], wide.Slice(first, chosen), results.Slice(first, chosen));
        }
        if (_shared is { } down) products[count++] = new Product(down.Down, sharedWide, shared);
        MatMul.Apply(products[..count], step.Kernels);
        step.Workers.Run(new Gather(results, routing, _rule.TopK, output), output.Count, Math.Max(1, (1 << 14) / (output.Width * _rule.TopK)));
    }

    private readonly struct Choose(Rows scores, float* bias, RouterRule rule, Routing routing) : IJob
    {
        public void Run(int begin, int end)
        {
            for (var t = begin; t < end; t++) ExpertRouter.Route(scores[t], new ReadOnlySpan<float>(bias, scores.Width), rule, routing.Experts(t), routing.Weights(t));
        }
    }

    // A token's experts are added in the order of its choice, whatever the batch.
    private readonly struct Gather(Rows results, Routing routing, int topK, Rows output) : IJob
    {
        public void Run(int begin, int end)
        {
            for (var t = begin; t < end; t++)
            {
                output[t].Clear();
                for (var rank = 0; rank < topK; rank++)
                    Lanes.AddScaled(output.Row(t), results.Row(routing.PlaceOf(t, rank)), routing.Weights(t)[rank], output.Width);
            }
        }
    }
}
