using static TorchSharp.torch;

namespace NemotronSharp.Training.Model;

/// <summary>What one forward pass is told and what it leaves behind beside its result.</summary>
/// <param name="compute">Precision of the linear layers' products: <c>float32</c> or <c>bfloat16</c>. Everything else is FP32.</param>
internal sealed class ForwardPass(ScalarType compute)
{
    public ScalarType Compute { get; } = compute;

    /// <summary>Sequence balance losses Σ f·P of every MoE layer, scalars with gradients.</summary>
    public List<Tensor> BalanceLosses { get; } = [];

    /// <summary>Root mean square of the residual stream after every layer of the backbone; empty unless asked for.</summary>
    public List<double> Norms { get; } = [];

    /// <summary>Whether <see cref="Norms"/> are wanted.</summary>
    public bool Observes { get; init; }

    public void Observe(Tensor stream)
    {
        if (!Observes) return;
        using var _ = no_grad();
        Norms.Add(Math.Sqrt(stream.square().mean().item<float>()));
    }
}
