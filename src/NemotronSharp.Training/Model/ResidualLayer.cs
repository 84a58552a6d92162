using static TorchSharp.torch;

namespace NemotronSharp.Training.Model;

/// <summary><c>x + mixer(norm(x))</c>: one letter of the pattern. The stream stays FP32.</summary>
internal sealed class ResidualLayer(ModelBuilder build, LayerKind kind, string name)
{
    private readonly Tensor _norm = build.Norm($"{name}.norm.weight", build.Config.HiddenSize);
    private readonly double _epsilon = build.Config.NormEpsilon;

    public IMixer Mixer { get; } = build.Mixer(kind, $"{name}.mixer");

    public Tensor Forward(Tensor x, PackedBatch batch, ForwardPass pass) =>
        x + Mixer.Forward(Ops.RmsNorm(x, _norm, _epsilon, pass), batch, pass);
}
