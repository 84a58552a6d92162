using NemotronSharp.Numerics;

namespace NemotronSharp.Conformance.Tests;

/// <summary>
/// How far logits are from exact ones because activations are rounded before they are multiplied with matrices of a type: by llama.cpp, or here.
/// <para>
/// Block types: eight bits with one scale a block, d = largest/127 (blocks of 32, or 256 for the K types and IQ4_XS). Rounding to a grid of step d is off by d/√12
/// (rms), so relative to the activations' rms by ε = c/(127·√12), c being the block's largest over its rms: for normal values 2.38 in blocks of 32 and 3.07 in
/// blocks of 256. This engine's whole numbers have groups of 16 (2.13) and 127 or 32512 steps. 16-bit floats of p significant bits: spacing is 2^(1−p) of the power of two below, on average ε = 2^(1−p)/√12 · 0.71 of the value itself.
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

    /// <summary>
    /// The same for this engine's whole numbers and the models that <c>init</c> makes. Each of L layers adds 1/√L of the embedding's size with r roundings of its own,
    /// and carries those before it: relative to the stream that is r·ln 2·ε² (squared) behind the last layer for any L, and ε² more by the output matrix.
    /// </summary>
    public static double Expected(ActivationPrecision precision, NemotronConfig config)
    {
        var one = 2.13 / ((precision == ActivationPrecision.Int8 ? 127 : 32512) * Math.Sqrt(12));
        return one * Math.Sqrt((Count(config) - 1.0) / config.Layers.Length * Math.Log(2) + 1);
    }

    private static double One(TensorType type) => type switch
    {
        TensorType.F32 => 0,
        TensorType.F16 => Math.Pow(2, -10) / Math.Sqrt(12) * 0.71,
        TensorType.BF16 => Math.Pow(2, -7) / Math.Sqrt(12) * 0.71,
        _ => (type.BlockElements() == 256 ? 3.07 : 2.38) / (127 * Math.Sqrt(12)),
    };
}
