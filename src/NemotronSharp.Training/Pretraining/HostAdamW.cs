using System.Numerics;
using System.Runtime.InteropServices;
using NemotronSharp.Training.Model;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Pretraining;

/// <summary>AdamW on the CPU: elementwise in one pass over memory; the result does not depend on the number of threads.</summary>
internal sealed class HostAdamW : AdamW
{
    private readonly float[][] _first, _second;

    public HostAdamW(IReadOnlyList<Parameter> parameters, Func<Parameter, bool> reached, double beta1, double beta2, double weightDecay) : base(parameters, beta1, beta2, weightDecay)
    {
        _first = [.. parameters.Select(p => new float[p.Tensor.numel()])];
        _second = [.. parameters.Select(p => new float[p.Tensor.numel()])];
        // A gradient is there from the first step on, even if that step's losses do not reach it: a resumed run must not differ from an unbroken one.
        foreach (var parameter in parameters.Where(reached)) parameter.Tensor.grad = zeros_like(parameter.Tensor).DetachFromDisposeScope();
    }

    public override (float[] First, float[] Second) Moments(int index) => ([.. _first[index]], [.. _second[index]]);

    public override void SetMoments(int index, float[] first, float[] second)
    {
        first.CopyTo(_first[index].AsSpan());
        second.CopyTo(_second[index].AsSpan());
    }

    public override double GradientNorm()
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

    public override void Step(int step, double rate, double gradientScale)
    {
        using var scope = NewDisposeScope();
        var correction1 = 1 - Math.Pow(Beta1, step + 1);
        var correction2 = 1 - Math.Pow(Beta2, step + 1);
        var gradients = Gradients();
        Parallel.For(0, gradients.Length, i =>
        {
            if (gradients[i] is not { } gradient) return;
            var keep = Parameters[i].Decays ? (float)(1 - rate * WeightDecay) : 1f;
            var values = Elements(gradient);
            Update(Elements(Parameters[i].Tensor), values, _first[i], _second[i], (float)gradientScale, keep,
                (float)(rate / correction1), (float)(1 / Math.Sqrt(correction2)));
            values.Clear();
        });
    }

    public override void ClearGradients()
    {
        using var scope = NewDisposeScope();
        foreach (var gradient in Gradients()) gradient?.zero_();
    }

    private Tensor?[] Gradients() => [.. Parameters.Select(p => p.Tensor.grad)];

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
