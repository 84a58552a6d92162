using NemotronSharp.Kernels.Jit;
using NemotronSharp.Numerics;

namespace NemotronSharp;

/// <summary>The instruction that carries a product; each has a peak of its own.</summary>
public enum ArithmeticUnit
{
    /// <summary>Fused multiply-adds of float32.</summary>
    Float32,

    /// <summary>AVX512-BF16's <c>vdpbf16ps</c>: pairs of bfloat16 products added to float32.</summary>
    BFloat16,

    /// <summary>AVX512-VNNI's <c>vpdpbusd</c>: fours of unsigned-by-signed byte products added to int32. <c>vpdpwssd</c>, pairs of word products, takes as long.</summary>
    Int8,
}

/// <summary>How many instructions' worth of work a multiplication of a weight and an activation is.</summary>
/// <param name="Unit">The instruction.</param>
/// <param name="Passes">Multiplications of bytes that the unit could do for each useful one: activations of two bytes are multiplied byte by byte, or half as many at once as words.</param>
public readonly record struct ProductRoute(ArithmeticUnit Unit, int Passes)
{
    /// <summary>How an engine with these options multiplies weights of a type on this machine.</summary>
    public static ProductRoute Of(TensorType type, EngineOptions options)
    {
        var coded = type is TensorType.NVFP4 or TensorType.Q4_0 or TensorType.Q8_0;
        if (!coded || options.PortableKernels || options.Activations == ActivationPrecision.Float32 || !AssembledProduct.IsSupported) return new(ArithmeticUnit.Float32, 1);
        return new(ArithmeticUnit.Int8, options.Activations == ActivationPrecision.Int16 ? 2 : 1);
    }
}
