using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
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
internal readonly unsafe struct PackedRows(byte* data, int rowBytes, int chunkBytes)
{
    public readonly byte* Data = data;
    public readonly int ChunkBytes = chunkBytes;

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

    /// <summary>Packs a row of <paramref name="columns"/> values, a multiple of 16, for the assembled kernels: needs the instructions that they need.</summary>
    public static void Pack(float* x, int columns, PackedLayout layout, int zero, Vector128<byte> order, byte* target)
    {
        var groups = columns / PackedLayout.Group;
        for (var group = 0; group < groups; group += PackedLayout.Lanes, x += PackedLayout.ChunkValues, target += layout.ChunkBytes)
            PackChunk(x, Math.Min(PackedLayout.Lanes, groups - group), layout, zero, order, target);
    }

    // The same steps as Quantize, sixteen groups at a time.
    private static void PackChunk(float* x, int groups, PackedLayout layout, int zero, Vector128<byte> order, byte* target)
    {
        byte* low = stackalloc byte[PackedLayout.ChunkValues], high = stackalloc byte[PackedLayout.ChunkValues];
        var inverses = stackalloc float[PackedLayout.Lanes];
        var largest = Largest(x, groups);
        var known = Vector512.LessThan(largest, Vector512.Create(float.PositiveInfinity));
        var counts = known & Vector512.GreaterThanOrEqual(largest, Vector512.Create(Negligible));
        (Vector512.Create(layout.Largest) / largest & counts).Store(inverses);
        var scales = Vector512.ConditionalSelect(known, largest / Vector512.Create(layout.Largest) & counts, Vector512.Create(float.NaN));
        for (var g = 0; g < PackedLayout.Lanes; g++)
        {
            var q = Vector512<int>.Zero;
            if (g < groups && inverses[g] != 0) q = (Vector512.Load(x + g * PackedLayout.Group) * Vector512.Create(inverses[g]) + Vector512.Create(Rounder)).AsInt32() - Vector512.Create(0x4B400000);
            Store(q, order, low + g * PackedLayout.Group);
            if (layout.Bytes == 2) Store((q + Vector512.Create(128)) >> 8, order, high + g * PackedLayout.Group);
        }
        var sums = Transpose(low, target + PackedLayout.Low);
        if (layout.Bytes == 2) sums += Transpose(high, target + PackedLayout.High) << 8;
        (sums * -zero).Store((int*)(target + layout.Start));
        scales.Store((float*)(target + layout.Scale));
    }

    // The largest magnitude of each group, as bits: what is no finite number counts as larger than any.
    private static Vector512<float> Largest(float* x, int groups)
    {
        var most = stackalloc int[PackedLayout.Lanes];
        for (var g = 0; g < PackedLayout.Lanes; g++)
        {
            if (g >= groups)
            {
                most[g] = 0;
                continue;
            }
            var bits = Vector512.Load((int*)x + g * PackedLayout.Group) & Vector512.Create(int.MaxValue);
            var eight = Vector256.Max(bits.GetLower(), bits.GetUpper());
            var four = Vector128.Max(eight.GetLower(), eight.GetUpper());
            four = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
            most[g] = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(1, 0, 3, 2))).ToScalar();
        }
        return Vector512.Load(most).AsSingle();
    }

    // The lowest bytes in the decoder's order.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<int> values, Vector128<byte> order, byte* target) =>
        Vector128.ShuffleNative(Avx512F.ConvertToVector128Byte(values.AsUInt32()), order).Store(target);

    // Sixteen rows of four dwords become four vectors, one lane a row; gives the sums of the rows' signed bytes.
    private static Vector512<int> Transpose(byte* rows, byte* target)
    {
        Vector512<int> a = Vector512.Load((int*)rows), b = Vector512.Load((int*)rows + 16), c = Vector512.Load((int*)rows + 32), d = Vector512.Load((int*)rows + 48);
        var sums = Vector512<short>.Zero;
        for (var q = 0; q < 4; q++)
        {
            var index = (Vector512<int>.Indices & Vector512.Create(3)) * 4 + Vector512.Create(q) + (Vector512<int>.Indices & Vector512.Create(4)) * 4;
            Vector512<int> first = Avx512F.PermuteVar16x32x2(a, index, b), second = Avx512F.PermuteVar16x32x2(c, index, d);
            var dwords = Vector512.Create(first.GetLower(), second.GetLower());
            dwords.Store((int*)target + 16 * q);
            sums += Avx512BW.MultiplyAddAdjacent(Vector512<byte>.One, dwords.AsSByte());
        }
        return Avx512BW.MultiplyAddAdjacent(sums, Vector512<short>.One);
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
