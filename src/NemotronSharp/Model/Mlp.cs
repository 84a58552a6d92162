using NemotronSharp.Kernels;
using NemotronSharp.Numerics;

namespace NemotronSharp.Model;

/// <summary>down(relu(up · x)²), no gate, no bias: the dense layer, the shared expert and every routed expert.</summary>
internal sealed class Mlp(WeightMatrix up, WeightMatrix down) : Mixer
{
    public Mlp(Weights weights, string prefix, int width, int hidden)
        : this(weights.Matrix($"{prefix}.up_proj.weight", width, hidden), weights.Matrix($"{prefix}.down_proj.weight", hidden, width))
    {
    }

    public override void Forward(Rows x, Rows y, Step step)
    {
        using var frame = step.Scratch.Enter();
        var wide = step.Scratch.Take(x.Count, up.Rows);
        MatMul.Apply(up, x, wide, step.Workers);
        SquaredRelu.Apply(wide);
        MatMul.Apply(down, wide, y, step.Workers);
    }
}
