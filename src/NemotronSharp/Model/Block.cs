using NemotronSharp.Kernels;
using NemotronSharp.Numerics;

namespace NemotronSharp.Model;

/// <summary>One residual layer: x = x + mixer(norm(x)).</summary>
internal sealed unsafe class Block(float* norm, Mixer mixer, float epsilon)
{
    public void Forward(Rows x, Step step)
    {
        using var frame = step.Scratch.Enter();
        var normed = step.Scratch.Take(x.Count, x.Width);
        var mixed = step.Scratch.Take(x.Count, x.Width);
        RmsNorm.Apply(x, norm, epsilon, normed, step.Workers);
        mixer.Forward(normed, mixed, step);
        Residual.Add(x, mixed, step.Workers);
    }
}
