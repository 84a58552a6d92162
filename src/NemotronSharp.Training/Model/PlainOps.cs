using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace NemotronSharp.Training.Model;

/// <summary>
/// What the fused functions compute, in separate operations: for devices that those do not run on, and to test them against.
/// Letters as in <see cref="Mamba2"/>.
/// </summary>
internal static class PlainOps
{
    /// <summary>As <see cref="RmsNormFunction"/>.</summary>
    public static Tensor RmsNorm(Tensor x, Tensor weight, double epsilon) =>
        x * x.square().mean([-1], keepdim: true).add(epsilon).rsqrt() * weight;

    /// <summary>As <see cref="GatedNormFunction"/>.</summary>
    public static Tensor GatedNorm(Tensor y, Tensor gate, Tensor weight, int groups, double epsilon)
    {
        var gated = Split(y * silu(gate), groups);
        return (gated * gated.square().mean([-1], keepdim: true).add(epsilon).rsqrt()).reshape(y.shape) * weight;
    }

    /// <summary>As <see cref="ExpertActivation"/>.</summary>
    public static Tensor ExpertActivation(Tensor hidden, Tensor spread) =>
        (Split(relu(hidden).square(), spread.shape[^1]) * spread.to(hidden.dtype).unsqueeze(-1)).reshape(hidden.shape);

    /// <summary>As <see cref="ChunkWeights"/>.</summary>
    /// <param name="decay">l, [B, C, h, Q].</param>
    /// <param name="products">cb, [B, C, G, Q, Q].</param>
    /// <param name="mask">Additive, [B, C, 1, Q, Q].</param>
    public static Tensor ChunkWeights(Tensor decay, Tensor products, Tensor mask)
    {
        // Masked before the exponential, which would overflow above the diagonal.
        var reach = (decay.unsqueeze(-1) - decay.unsqueeze(-2) + mask).exp();
        var groups = products.shape[2];
        return (reach.unflatten(2, [groups, decay.shape[2] / groups]) * products.unsqueeze(3)).flatten(2, 3);
    }

    /// <summary>As <see cref="CausalConvolution"/>.</summary>
    /// <param name="x">[B, T, J].</param>
    /// <param name="weight">[J, 1, K].</param>
    /// <param name="bias">[J].</param>
    /// <param name="masks">The borders.</param>
    public static Tensor Convolution(Tensor x, Tensor weight, Tensor bias, PlainMasks masks)
    {
        int taps = (int)weight.shape[2];
        var padded = pad(x, [0, 0, taps - 1, 0]);
        var sum = addcmul(bias, x, weight.select(2, taps - 1).select(1, 0), 1);
        for (var back = 1; back < taps; back++)
            sum = addcmul(sum, padded.narrow(1, taps - 1 - back, x.shape[1]) * masks.Reach(back), weight.select(2, taps - 1 - back).select(1, 0), 1);
        return silu(sum);
    }

    /// <summary>Causal attention: queries, keys and values [B, H, T, d], additive mask [B, 1, T, T] or none.</summary>
    public static Tensor Attention(Tensor queries, Tensor keys, Tensor values, Tensor? mask) => mask is null
        ? scaled_dot_product_attention(queries, keys, values, is_casual: true)
        : scaled_dot_product_attention(queries, keys, values, mask.expand(-1, queries.shape[1], -1, -1));

    // The last axis in equal parts.
    private static Tensor Split(Tensor x, long parts) => x.reshape([.. x.shape[..^1], parts, x.shape[^1] / parts]);
}
