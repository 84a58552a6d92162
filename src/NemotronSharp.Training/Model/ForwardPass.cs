using static TorchSharp.torch;

namespace NemotronSharp.Training.Model;

/// <summary>What one forward pass is told and what it leaves behind beside its result. Owns the masks it makes.</summary>
/// <param name="compute">Precision of the linear layers' products: <c>float32</c> or <c>bfloat16</c>. Everything else is FP32.</param>
/// <param name="fused">Whether the engine's own kernels run, on the CPU; otherwise separate operations, on any device.</param>
internal sealed class ForwardPass(ScalarType compute, bool fused = true) : IDisposable
{
    private readonly List<Tensor> _meanSquares = [];
    private PlainMasks? _masks;

    public ScalarType Compute { get; } = compute;

    public bool Fused { get; } = fused;

    /// <summary>Sequence balance losses Σ f·P of every MoE layer, scalars with gradients.</summary>
    public List<Tensor> BalanceLosses { get; } = [];

    /// <summary>Root mean square of the residual stream after every layer of the backbone; empty unless asked for.</summary>
    public IEnumerable<double> Norms => _meanSquares.Select(mean => Math.Sqrt(mean.item<float>()));

    /// <summary>Whether <see cref="Norms"/> are wanted.</summary>
    public bool Observes { get; init; }

    public void Observe(Tensor stream)
    {
        if (!Observes) return;
        using var _ = no_grad();
        using var squares = stream.square();
        _meanSquares.Add(squares.mean().DetachFromDisposeScope());
    }

    /// <summary>The batch's borders for separate operations; a pass has one batch.</summary>
    public PlainMasks Masks(PackedBatch batch) => _masks ??= new PlainMasks(batch, Compute);

    public void Dispose()
    {
        _masks?.Dispose();
        foreach (var mean in _meanSquares) mean.Dispose();
    }
}
