using NemotronSharp.Numerics;

namespace NemotronSharp.Checkpoints;

/// <summary>ggml's numbers of the tensor types.</summary>
internal static class GgufTypes
{
    private static readonly Dictionary<uint, TensorType> ById = new()
    {
        [0] = TensorType.F32,
        [1] = TensorType.F16,
        [2] = TensorType.Q4_0,
        [3] = TensorType.Q4_1,
        [6] = TensorType.Q5_0,
        [7] = TensorType.Q5_1,
        [8] = TensorType.Q8_0,
        [10] = TensorType.Q2_K,
        [11] = TensorType.Q3_K,
        [12] = TensorType.Q4_K,
        [13] = TensorType.Q5_K,
        [14] = TensorType.Q6_K,
        [20] = TensorType.IQ4_NL,
        [23] = TensorType.IQ4_XS,
        [24] = TensorType.I8,
        [25] = TensorType.I16,
        [26] = TensorType.I32,
        [27] = TensorType.I64,
        [28] = TensorType.F64,
        [30] = TensorType.BF16,
        [39] = TensorType.MXFP4,
        [40] = TensorType.NVFP4,
    };

    private static readonly Dictionary<TensorType, uint> ByType = ById.ToDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>The type of a number; null if this program does not read it.</summary>
    public static TensorType? Find(uint id) => ById.TryGetValue(id, out var type) ? type : null;

    /// <exception cref="ArgumentException">GGUF has no such type.</exception>
    public static uint IdOf(TensorType type) => ByType.TryGetValue(type, out var id) ? id : throw new ArgumentException($"found type {type}, expected one that GGUF has", nameof(type));
}
