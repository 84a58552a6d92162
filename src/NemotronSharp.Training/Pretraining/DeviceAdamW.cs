using NemotronSharp.Training.Model;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Pretraining;

/// <summary>
/// AdamW on an accelerator: weights, gradients and moments of all parameters end to end in one vector each, so that an update is a dozen operations
/// instead of a dozen per tensor. The parameters and their gradients become views of those vectors.
/// </summary>
internal sealed class DeviceAdamW : AdamW
{
    private readonly Tensor _weights, _gradients, _first, _second, _decays;     // all [N]
    private readonly long[] _starts;

    public DeviceAdamW(IReadOnlyList<Parameter> parameters, Func<Parameter, bool> reached, double beta1, double beta2, double weightDecay) : base(parameters, beta1, beta2, weightDecay)
    {
        _starts = new long[parameters.Count];
        for (var i = 1; i < _starts.Length; i++) _starts[i] = _starts[i - 1] + parameters[i - 1].Tensor.numel();
        using var off = no_grad();
        using var scope = NewDisposeScope();
        _weights = cat([.. parameters.Select(p => p.Tensor.detach().flatten())]).DetachFromDisposeScope();
        for (var i = 0; i < parameters.Count; i++) parameters[i].Tensor.set_(Part(_weights, i));
        _decays = cat([.. parameters.Select(p => full_like(p.Tensor.detach().flatten(), p.Decays && reached(p) ? 1 : 0))]).DetachFromDisposeScope();
        _gradients = zeros_like(_decays).DetachFromDisposeScope();
        _first = zeros_like(_decays).DetachFromDisposeScope();
        _second = zeros_like(_decays).DetachFromDisposeScope();
        for (var i = 0; i < parameters.Count; i++)
            if (reached(parameters[i])) parameters[i].Tensor.grad = Part(_gradients, i).DetachFromDisposeScope();
    }

    public override (float[] First, float[] Second) Moments(int index)
    {
        using var scope = NewDisposeScope();
        return (Part(_first, index).Singles(), Part(_second, index).Singles());
    }

    public override void SetMoments(int index, float[] first, float[] second)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        Part(_first, index).Set(first);
        Part(_second, index).Set(second);
    }

    public override double GradientNorm()
    {
        using var scope = NewDisposeScope();
        return _gradients.norm().item<float>();
    }

    public override void Step(int step, double rate, double gradientScale)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var correction1 = 1 - Math.Pow(Beta1, step + 1);
        var correction2 = 1 - Math.Pow(Beta2, step + 1);
        var gradients = _gradients.mul_(gradientScale);
        _first.mul_(Beta1).add_(gradients * (1 - Beta1));
        _second.mul_(Beta2).add_(gradients.square() * (1 - Beta2));
        var moved = _first / ((_second / correction2).sqrt() + Epsilon) * (rate / correction1);
        _weights.sub_(_weights * _decays * (rate * WeightDecay)).sub_(moved);
        ClearGradients();
    }

    public override void ClearGradients() => _gradients.zero_();

    // The stretch of one parameter, in its shape.
    private Tensor Part(Tensor all, int index) => all.narrow(0, _starts[index], Parameters[index].Tensor.numel()).view(Parameters[index].Tensor.shape);

    public override void Dispose()
    {
        foreach (var tensor in (Tensor[])[_weights, _gradients, _first, _second, _decays]) tensor.Dispose();
    }
}
