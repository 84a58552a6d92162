using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace NemotronSharp.Training.Model;

/// <summary>The operations of the mixers: those that the engine's kernels have fused, in whichever form the pass runs on.</summary>
internal static class Ops
{
    /// <summary><c>x · Wᵀ</c> with x [.., in] and W [out, in], in the precision of <paramref name="compute"/>.</summary>
    public static Tensor Linear(Tensor x, Tensor weight, ScalarType compute) =>
        linear(x.to(compute), weight.to(compute));

    /// <summary>Squared ReLU, the family's only MLP activation.</summary>
    public static Tensor ReluSquared(Tensor x) => relu(x).square();

    /// <inheritdoc cref="RmsNormFunction"/>
    public static Tensor RmsNorm(Tensor x, Tensor weight, double epsilon, ForwardPass pass) =>
        pass.Fused ? RmsNormFunction.Apply(x, weight, epsilon) : PlainOps.RmsNorm(x, weight, epsilon);

    /// <inheritdoc cref="GatedNormFunction"/>
    public static Tensor GatedNorm(Tensor y, Tensor gate, Tensor weight, int groups, double epsilon, ForwardPass pass) =>
        pass.Fused ? GatedNormFunction.Apply(y, gate, weight, groups, epsilon) : PlainOps.GatedNorm(y, gate, weight, groups, epsilon);

    /// <inheritdoc cref="Model.ExpertActivation"/>
    public static Tensor ExpertActivation(Tensor hidden, Tensor spread, ForwardPass pass) =>
        pass.Fused ? Model.ExpertActivation.Apply(hidden, spread) : PlainOps.ExpertActivation(hidden, spread);

    /// <inheritdoc cref="Model.ChunkWeights"/>
    public static Tensor ChunkWeights(Tensor decay, Tensor products, PackedBatch batch, ForwardPass pass) =>
        pass.Fused ? Model.ChunkWeights.Apply(decay, products, batch) : PlainOps.ChunkWeights(decay, products, pass.Masks(batch).Chunk);

    /// <inheritdoc cref="CausalConvolution"/>
    public static Tensor Convolution(Tensor x, Tensor weight, Tensor bias, PackedBatch batch, ForwardPass pass) =>
        pass.Fused ? CausalConvolution.Apply(x, weight, bias, batch) : PlainOps.Convolution(x, weight, bias, pass.Masks(batch));
}
