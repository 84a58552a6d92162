using NemotronSharp.Numerics;

namespace NemotronSharp.Conformance.Tests;

/// <summary>
/// How far llama.cpp's logits are from exact ones because it rounds activations before it multiplies them with matrices of a type.
/// <para>
/// Block types: eight bits with one scale a block, d = largest/127 (blocks of 32, or 256 for the K types and IQ4_XS). Rounding to a grid of step d is off by d/√12
/// (rms), so relative to the activations' rms by ε = c/(127·√12), c being the block's largest over its rms: for normal values 2.38 in blocks of 32 and 3.07 in
/// blocks of 256. 16-bit floats of p significant bits: spacing is 2^(1−p) of the power of two below, on average ε = 2^(1−p)/√12 · 0.71 of the value itself.
/// </para>
/// <para>
/// A product with a random matrix keeps that relative error: its terms' errors are independent and so add as the terms themselves do. Roundings in series are
/// independent too, so that n of them give √n·ε. What a layer adds to the residual stream carries the roundings of the layers before it and its own.
/// </para>
/// </summary>
internal static class ActivationRounding
{
    /// <summary>Roundings in series: into and out of a Mamba or attention layer; into the latent space, into the expert, out of both; the output matrix.</summary>
    public static int Count(NemotronConfig config) => config.Layers.Sum(kind => kind == LayerKind.Experts && config.MoeLatentSize > 0 ? 4 : 2) + 1;

    /// <summary>Relative rms of the logits' error.</summary>
    public static double Expected(TensorType type, NemotronConfig config) => One(type) * Math.Sqrt(Count(config));

    private static double One(TensorType type) => type switch
    {
        TensorType.F32 => 0,
        TensorType.F16 => Math.Pow(2, -10) / Math.Sqrt(12) * 0.71,
        TensorType.BF16 => Math.Pow(2, -7) / Math.Sqrt(12) * 0.71,
        _ => (type.BlockElements() == 256 ? 3.07 : 2.38) / (127 * Math.Sqrt(12)),
    };
}
