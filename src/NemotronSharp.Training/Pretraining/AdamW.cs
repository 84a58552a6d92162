using System.Numerics;
using System.Runtime.InteropServices;
using NemotronSharp.Training.Model;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Pretraining;

/// <summary>
/// AdamW (arXiv 1711.05101) over FP32 master weights, with clipping by the global norm. Elementwise in one pass over memory;
/// the result does not depend on the number of threads. Owns its moments; one thread at a time.
/// </summary>
internal sealed class AdamW
{
    private const float Epsilon = 1e-8f;
    private readonly Parameter[] _parameters;

    /// <param name="parameters">The model's parameters; those that no gradient reaches are left alone.</param>
    /// <param name="beta1">Decay of the first moment.</param>
    /// <param name="beta2">Decay of the second moment.</param>
    /// <param name="weightDecay">Decoupled decay, of matrices only.</param>
    public AdamW(IEnumerable<Parameter> parameters, double beta1, double beta2, double weightDecay)
    {
        _parameters = [.. parameters.Where(p => p.Learned && !p.Frozen)];
        (Beta1, Beta2, WeightDecay) = (beta1, beta2, weightDecay);
        First = [.. _parameters.Select(p => new float[p.Tensor.numel()])];
        Second = [.. _parameters.Select(p => new float[p.Tensor.numel()])];
    }

    public double Beta1 { get; }

    public double Beta2 { get; }

    public double WeightDecay { get; }

    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>First moments, in the order of <see cref="Parameters"/>.</summary>
    public float[][] First { get; }

    /// <summary>Second moments.</summary>
    public float[][] Second { get; }

    /// <summary>L2 norm of all gradients together.</summary>
    public double GradientNorm()
    {
        using var scope = NewDisposeScope();
        var gradients = Gradients();
        var squares = new double[gradients.Length];
        Parallel.For(0, gradients.Length, i =>
        {
            if (gradients[i] is { } gradient) squares[i] = SumOfSquares(Elements(gradient));
        });
        return Math.Sqrt(squares.Sum());
    }

    /// <summary>One update from the accumulated gradients, which are cleared.</summary>
    /// <param name="step">0-based number of this update, for the bias correction.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="gradientScale">Multiplies every gradient; below 1 when the norm is clipped.</param>
    public void Step(int step, double rate, double gradientScale)
    {
        using var scope = NewDisposeScope();
        var correction1 = 1 - Math.Pow(Beta1, step + 1);
        var correction2 = 1 - Math.Pow(Beta2, step + 1);
        var gradients = Gradients();
        Parallel.For(0, gradients.Length, i =>
        {
            if (gradients[i] is not { } gradient) return;
            var keep = _parameters[i].Decays ? (float)(1 - rate * WeightDecay) : 1f;
            var values = Elements(gradient);
            Update(Elements(_parameters[i].Tensor), values, First[i], Second[i], (float)gradientScale, keep,
                (float)(rate / correction1), (float)(1 / Math.Sqrt(correction2)));
            values.Clear();
        });
    }

    /// <summary>Forgets the gradients of a step that is not taken.</summary>
    public void ClearGradients()
    {
        using var scope = NewDisposeScope();
        foreach (var gradient in Gradients()) gradient?.zero_();
    }

    private Tensor?[] Gradients() => [.. _parameters.Select(p => p.Tensor.grad)];

    private void Update(Span<float> weights, Span<float> gradients, Span<float> first, Span<float> second, float scale, float keep, float rate, float rootCorrection)
    {
        float b1 = (float)Beta1, b2 = (float)Beta2;
        var width = Vector<float>.Count;
        var i = 0;
        for (; i <= weights.Length - width; i += width)
        {
            var g = new Vector<float>(gradients[i..]) * scale;
            var m = new Vector<float>(first[i..]) * b1 + g * (1 - b1);
            var v = new Vector<float>(second[i..]) * b2 + g * g * (1 - b2);
            m.CopyTo(first[i..]);
            v.CopyTo(second[i..]);
            var step = m * rate / (Vector.SquareRoot(v) * rootCorrection + new Vector<float>(Epsilon));
            (new Vector<float>(weights[i..]) * keep - step).CopyTo(weights[i..]);
        }
        for (; i < weights.Length; i++)
        {
            var g = gradients[i] * scale;
            first[i] = first[i] * b1 + g * (1 - b1);
            second[i] = second[i] * b2 + g * g * (1 - b2);
            weights[i] = weights[i] * keep - first[i] * rate / (MathF.Sqrt(second[i]) * rootCorrection + Epsilon);
        }
    }

    private static double SumOfSquares(Span<float> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += (double)value * value;
        return sum;
    }

    private static Span<float> Elements(Tensor tensor) => tensor.is_contiguous()
        ? MemoryMarshal.Cast<byte, float>(tensor.bytes)
        : throw new InvalidOperationException($"a tensor of shape [{string.Join(", ", tensor.shape)}] is not contiguous; weights and their gradients must be");
}
