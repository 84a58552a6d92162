using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace NemotronSharp.Training.Model;

/// <summary>The few operations all mixers share.</summary>
internal static class Ops
{
    /// <summary><c>x · Wᵀ</c> with x [.., in] and W [out, in], in the precision of <paramref name="compute"/>.</summary>
    public static Tensor Linear(Tensor x, Tensor weight, ScalarType compute) =>
        linear(x.to(compute), weight.to(compute));

    /// <summary><c>w · x / sqrt(mean(x²) + eps)</c> over the last axis, in FP32.</summary>
    public static Tensor RmsNorm(Tensor x, Tensor weight, double epsilon) =>
        RmsNormFunction.Apply(x, weight, epsilon);

    /// <summary>Squared ReLU, the family's only MLP activation.</summary>
    public static Tensor ReluSquared(Tensor x) => relu(x).square();
}
