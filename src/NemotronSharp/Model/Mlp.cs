using NemotronSharp.Kernels;
using NemotronSharp.Numerics;

namespace NemotronSharp.Model;

/// <summary>down(relu(up · x)²), no gate, no bias: the dense layer; an expert is one too.</summary>
internal sealed class Mlp(Weights weights, string prefix, int width, int hidden) : Mixer
{
    private readonly WeightMatrix _up = weights.Matrix($"{prefix}.up_proj.weight", width, hidden), _down = weights.Matrix($"{prefix}.down_proj.weight", hidden, width);

    public override void Forward(Rows x, Rows y, Step step)
    {
        using var frame = step.Scratch.Enter();
        var wide = step.Scratch.Take(x.Count, _up.Rows);
        MatMul.Apply(_up, x, wide, step.Kernels);
        SquaredRelu.Apply(wide, step.Workers);
        MatMul.Apply(_down, wide, y, step.Kernels);
    }
}
