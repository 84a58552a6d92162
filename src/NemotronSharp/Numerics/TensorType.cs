namespace NemotronSharp.Numerics;

/// <summary>
/// How checkpoint files store a tensor's numbers: single elements, or blocks of neighbours in a row that share scales (ggml's and OCP's block formats).
/// The engine computes with the floating and block types; the integers are only listed.
/// </summary>
public enum TensorType
{
    /// <summary>IEEE binary32.</summary>
    F32,

    /// <summary>IEEE binary16.</summary>
    F16,

    /// <summary>bfloat16: the upper half of a binary32.</summary>
    BF16,

    /// <summary>IEEE binary64.</summary>
    F64,

    /// <summary>8-bit float, 4 exponent and 3 mantissa bits, no infinities (OCP FP8 E4M3).</summary>
    F8E4M3,

    /// <summary>8-bit float, 5 exponent and 2 mantissa bits (OCP FP8 E5M2).</summary>
    F8E5M2,

    /// <summary>Unsigned byte; also two packed 4-bit floats.</summary>
    U8,

    /// <summary>Signed byte.</summary>
    I8,

    /// <summary>16-bit integer.</summary>
    I16,

    /// <summary>32-bit integer.</summary>
    I32,

    /// <summary>64-bit integer.</summary>
    I64,

    /// <summary>One byte, 0 or 1.</summary>
    Bool,

    /// <summary>32 weights of 4 bits, one scale: <c>d·(q − 8)</c>.</summary>
    Q4_0,

    /// <summary>32 weights of 4 bits, scale and minimum: <c>d·q + m</c>.</summary>
    Q4_1,

    /// <summary>32 weights of 5 bits, one scale: <c>d·(q − 16)</c>.</summary>
    Q5_0,

    /// <summary>32 weights of 5 bits, scale and minimum: <c>d·q + m</c>.</summary>
    Q5_1,

    /// <summary>32 weights of 8 bits, one scale: <c>d·q</c>.</summary>
    Q8_0,

    /// <summary>256 weights of 2 bits in 16 sub-blocks with 4-bit scales and minima.</summary>
    Q2_K,

    /// <summary>256 weights of 3 bits in 16 sub-blocks with 6-bit scales.</summary>
    Q3_K,

    /// <summary>256 weights of 4 bits in 8 sub-blocks with 6-bit scales and minima.</summary>
    Q4_K,

    /// <summary>256 weights of 5 bits in 8 sub-blocks with 6-bit scales and minima.</summary>
    Q5_K,

    /// <summary>256 weights of 6 bits in 16 sub-blocks with 8-bit scales.</summary>
    Q6_K,

    /// <summary>32 weights, 4 bits into a table of 16 unevenly spaced values, one scale.</summary>
    IQ4_NL,

    /// <summary>256 weights by the table of <see cref="IQ4_NL"/> in 8 sub-blocks with 6-bit scales.</summary>
    IQ4_XS,

    /// <summary>32 weights of E2M1, one power-of-two scale (OCP MXFP4).</summary>
    MXFP4,

    /// <summary>64 weights of E2M1 in 4 sub-blocks with UE4M3 scales, as GGUF lays NVFP4 out.</summary>
    NVFP4,
}

/// <summary>Sizes of the types.</summary>
public static class TensorTypes
{
    /// <summary>Elements of a block; 1 for types whose elements stand alone.</summary>
    public static int BlockElements(this TensorType type) => type switch
    {
        TensorType.Q4_0 or TensorType.Q4_1 or TensorType.Q5_0 or TensorType.Q5_1 or TensorType.Q8_0 or TensorType.IQ4_NL or TensorType.MXFP4 => 32,
        TensorType.NVFP4 => 64,
        TensorType.Q2_K or TensorType.Q3_K or TensorType.Q4_K or TensorType.Q5_K or TensorType.Q6_K or TensorType.IQ4_XS => 256,
        _ => 1,
    };

    /// <summary>Bytes of a block.</summary>
    public static int BlockBytes(this TensorType type) => type switch
    {
        TensorType.F64 or TensorType.I64 => 8,
        TensorType.F32 or TensorType.I32 => 4,
        TensorType.F16 or TensorType.BF16 or TensorType.I16 => 2,
        TensorType.Q4_0 or TensorType.IQ4_NL => 18,
        TensorType.Q4_1 => 20,
        TensorType.Q5_0 => 22,
        TensorType.Q5_1 => 24,
        TensorType.Q8_0 => 34,
        TensorType.Q2_K => 84,
        TensorType.Q3_K => 110,
        TensorType.Q4_K => 144,
        TensorType.Q5_K => 176,
        TensorType.Q6_K => 210,
        TensorType.IQ4_XS => 136,
        TensorType.MXFP4 => 17,
        TensorType.NVFP4 => 36,
        _ => 1,
    };

    /// <summary>Bytes of consecutive elements.</summary>
    /// <param name="type">The type.</param>
    /// <param name="elements">A multiple of <see cref="BlockElements"/>.</param>
    public static long Bytes(this TensorType type, long elements) => checked(elements / type.BlockElements() * type.BlockBytes());

    /// <summary>Whether the engine can compute with matrices of this type.</summary>
    public static bool IsWeight(this TensorType type) => type is TensorType.F32 or TensorType.F16 or TensorType.BF16 or TensorType.F8E4M3 or >= TensorType.Q4_0;
}
