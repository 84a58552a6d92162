using static TorchSharp.torch;

namespace NemotronSharp.Training.Model;

/// <summary>Dense MLP and shared expert: <c>y = down · relu(up · x)²</c>.</summary>
internal sealed class Mlp(ModelBuilder build, string name, int width) : IMixer
{
    private readonly Tensor _up = build.Matrix($"{name}.up_proj.weight", width, build.Config.HiddenSize);
    private readonly Tensor _down = build.ResidualMatrix($"{name}.down_proj.weight", build.Config.HiddenSize, width);

    public Tensor Forward(Tensor x, PackedBatch batch, ForwardPass pass) =>
        Ops.Linear(Ops.ReluSquared(Ops.Linear(x, _up, pass.Compute)), _down, pass.Compute);
}
