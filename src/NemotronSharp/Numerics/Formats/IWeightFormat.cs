using System.Runtime.Intrinsics;

namespace NemotronSharp.Numerics;

/// <summary>
/// How a weight type becomes float32. One implementation per type; the matrix kernel is generic over them. Every type's scales are constant over groups
/// of sixteen weights, so sixteen is the unit.
/// </summary>
internal unsafe interface IWeightFormat
{
    /// <summary>Bytes of a block, or of a weight that stands alone.</summary>
    static abstract int BlockBytes { get; }

    /// <summary>Weights k to k + 15 of a row, exactly what the format's definition gives in float32.</summary>
    /// <param name="row">The row.</param>
    /// <param name="k">A multiple of 16 below the row's length.</param>
    static abstract Vector512<float> Load16(WeightRow row, int k);
}

/// <summary>Where a row of weights begins.</summary>
/// <param name="data">Its weights.</param>
/// <param name="scales">Its scales, in formats that keep them apart.</param>
internal readonly unsafe struct WeightRow(byte* data, byte* scales = null)
{
    public readonly byte* Data = data;
    public readonly byte* Scales = scales;
}
