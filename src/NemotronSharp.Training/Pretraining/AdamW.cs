using NemotronSharp.Training.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Pretraining;

/// <summary>
/// AdamW (arXiv 1711.05101) over FP32 master weights, with clipping by the global norm. Owns its moments and the gradients that
/// backward passes add to; one thread at a time.
/// </summary>
internal abstract class AdamW : IDisposable
{
    protected const float Epsilon = 1e-8f;

    protected AdamW(IReadOnlyList<Parameter> parameters, double beta1, double beta2, double weightDecay) =>
        (Parameters, Beta1, Beta2, WeightDecay) = (parameters, beta1, beta2, weightDecay);

    /// <summary>The optimizer for the device that the parameters live on.</summary>
    /// <param name="store">The model's parameters; the learned ones that are not frozen are updated.</param>
    /// <param name="reached">Those that this run's losses depend on; the rest is left alone, weight decay included.</param>
    /// <param name="beta1">Decay of the first moment.</param>
    /// <param name="beta2">Decay of the second moment.</param>
    /// <param name="weightDecay">Decoupled decay, of matrices only.</param>
    public static AdamW For(ParameterStore store, Func<Parameter, bool> reached, double beta1, double beta2, double weightDecay)
    {
        Parameter[] updated = [.. store.All.Where(p => p.Learned && !p.Frozen)];
        return store.Device.type == DeviceType.CPU
            ? new HostAdamW(updated, reached, beta1, beta2, weightDecay)
            : new DeviceAdamW(updated, reached, beta1, beta2, weightDecay);
    }

    public double Beta1 { get; }

    public double Beta2 { get; }

    public double WeightDecay { get; }

    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Copies of the first and second moments of <see cref="Parameters"/>' <paramref name="index"/>th.</summary>
    public abstract (float[] First, float[] Second) Moments(int index);

    /// <summary>Replaces them.</summary>
    public abstract void SetMoments(int index, float[] first, float[] second);

    /// <summary>L2 norm of all gradients together.</summary>
    public abstract double GradientNorm();

    /// <summary>One update from the accumulated gradients, which are cleared.</summary>
    /// <param name="step">0-based number of this update, for the bias correction.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="gradientScale">Multiplies every gradient; below 1 when the norm is clipped.</param>
    public abstract void Step(int step, double rate, double gradientScale);

    /// <summary>Forgets the gradients of a step that is not taken.</summary>
    public abstract void ClearGradients();

    public virtual void Dispose()
    {
    }
}
