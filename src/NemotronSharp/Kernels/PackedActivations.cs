using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using NemotronSharp.Numerics;

namespace NemotronSharp.Kernels;

/// <summary>
/// Where things lie in a packed chunk of 256 activations: sixteen groups of sixteen, a group a lane. A value is 256·high + low; vector q of the low or high bytes
/// holds four values of each group, in the order that the weights' decoder asks for. Behind the last group all is zero.
/// </summary>
/// <param name="Bytes">Bytes of a value, 1 or 2.</param>
internal readonly record struct PackedLayout(int Bytes)
{
    public const int Group = 16, Lanes = 16, ChunkValues = Group * Lanes;

    /// <summary>Four vectors of low bytes, then four of high bytes if a value has two.</summary>
    public const int Low = 0, High = 256;

    /// <summary>−zero·Σ of each group, int32.</summary>
    public int Start => ChunkValues * Bytes;

    /// <summary>The scale of each group, float32.</summary>
    public int Scale => Start + Lanes * sizeof(int);

    public int ChunkBytes => Scale + Lanes * sizeof(float);

    /// <summary>The largest value, such that both its bytes are signed.</summary>
    public float Largest => Bytes == 1 ? 127 : 32512;

    public static int Chunks(int columns) => (columns + ChunkValues - 1) / ChunkValues;

    public int RowBytes(int columns) => Chunks(columns) * ChunkBytes;
}

/// <summary>Rows of packed activations.</summary>
internal readonly unsafe struct PackedRows(byte* data, int rowBytes)
{
    public readonly byte* Data = data;

    public byte* Row(int t) => Data + (long)t * rowBytes;
}

/// <summary>
/// Activations as whole numbers: x ≈ scale · q, one scale for each group of sixteen neighbours, such that its largest value becomes 32512 (two bytes) or 127
/// (one byte). What is rounded away is at most 1/65024 or 1/254 of the group's largest value.
/// </summary>
internal static unsafe class PackedActivations
{
    /// <summary>Where the portable kernel finds things, whatever the precision.</summary>
    public static PackedLayout Plain => new(2);

    // Below it the reciprocal overflows; such a group counts as zeros.
    private const float Negligible = 1e-30f;

    // Adding 1.5·2^23 leaves the nearest whole number in the low bits, ties to even.
    private const float Rounder = 12582912f;

    /// <summary>A group's sixteen values q and their scale. A value that is no finite number makes the scale NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Quantize(float* x, float most, out float scale)
    {
        var values = Vector512.Load(x);
        var magnitude = Vector512.Abs(values);
        if (!Vector512.LessThanAll(magnitude, Vector512.Create(float.PositiveInfinity)))
        {
            scale = float.NaN;
            return default;
        }
        var eight = Vector256.Max(magnitude.GetLower(), magnitude.GetUpper());
        var four = Vector128.Max(eight.GetLower(), eight.GetUpper());
        four = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        var largest = MathF.Max(four.GetElement(0), four.GetElement(1));
        if (largest < Negligible)
        {
            scale = 0;
            return default;
        }
        scale = largest / most;
        return (values * Vector512.Create(most / largest) + Vector512.Create(Rounder)).AsInt32() - Vector512.Create(0x4B400000);
    }

    /// <summary>Packs a row of <paramref name="columns"/> values, a multiple of 16, for the assembled kernels.</summary>
    public static void Pack(float* x, int columns, PackedLayout layout, int zero, Vector128<byte> order, byte* target)
    {
        var groups = columns / PackedLayout.Group;
        for (var group = 0; group < groups; group++)
        {
            var q = Quantize(x + group * PackedLayout.Group, layout.Largest, out var scale);
            Put(q, scale, group, layout, zero, order, target);
        }
        for (var group = groups; group % PackedLayout.Lanes != 0; group++) Put(default, 0, group, layout, zero, order, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector512<int> q, float scale, int group, PackedLayout layout, int zero, Vector128<byte> order, byte* target)
    {
        var lane = group % PackedLayout.Lanes;
        var chunk = target + group / PackedLayout.Lanes * layout.ChunkBytes;
        if (layout.Bytes == 1)
        {
            Place(q, order, chunk + PackedLayout.Low, lane);
        }
        else
        {
            var high = (q + Vector512.Create(128)) >> 8;
            Place(q - (high << 8), order, chunk + PackedLayout.Low, lane);
            Place(high, order, chunk + PackedLayout.High, lane);
        }
        ((int*)(chunk + layout.Start))[lane] = -zero * Vector512.Sum(q);
        ((float*)(chunk + layout.Scale))[lane] = scale;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Place(Vector512<int> values, Vector128<byte> order, byte* vectors, int lane)
    {
        var words = Vector256.Narrow(values.GetLower(), values.GetUpper());
        var bytes = Vector128.ShuffleNative(Vector128.Narrow(words.GetLower(), words.GetUpper()).AsByte(), order).AsInt32();
        for (var q = 0; q < 4; q++) ((int*)(vectors + 64 * q))[lane] = bytes.GetElement(q);
    }

    /// <summary>
    /// The same numbers for the portable kernel: per chunk 256 values as int16 in their order, then sixteen scales where two-byte values have them.
    /// </summary>
    public static void PackPlain(float* x, int columns, PackedLayout layout, byte* target)
    {
        for (var group = 0; group < columns / PackedLayout.Group; group++)
        {
            var q = Quantize(x + group * PackedLayout.Group, layout.Largest, out var scale);
            int lane = group % PackedLayout.Lanes;
            var chunk = target + group / PackedLayout.Lanes * Plain.ChunkBytes;
            Vector256.Narrow(q.GetLower(), q.GetUpper()).Store((short*)chunk + lane * PackedLayout.Group);
            ((float*)(chunk + Plain.Scale))[lane] = scale;
        }
    }
}
