using System.Runtime.CompilerServices;
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

    /// <summary>Weights k to k + 63; formats for which that is less work than four times sixteen have their own.</summary>
    /// <typeparam name="TFormat">The format itself.</typeparam>
    /// <param name="row">The row.</param>
    /// <param name="k">A multiple of 64, at least 64 below the row's length.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual Weights64 Load64<TFormat>(WeightRow row, int k) where TFormat : IWeightFormat =>
        new(TFormat.Load16(row, k), TFormat.Load16(row, k + 16), TFormat.Load16(row, k + 32), TFormat.Load16(row, k + 48));
}

/// <summary>Where a row of weights begins.</summary>
/// <param name="data">Its weights.</param>
/// <param name="scales">Its scales, in formats that keep them apart.</param>
internal readonly unsafe struct WeightRow(byte* data, byte* scales = null)
{
    public readonly byte* Data = data;
    public readonly byte* Scales = scales;
}
