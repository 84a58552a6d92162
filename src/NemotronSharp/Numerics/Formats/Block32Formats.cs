using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NemotronSharp.Numerics;

// ggml's blocks of 32: byte j of the nibbles holds weight j in its low half and weight j + 16 in its high half.

/// <summary>{half d, 16 bytes}: <c>d·(q − 8)</c>.</summary>
internal readonly unsafe struct Q4_0Format : ICodedFormat
{
    public static int BlockBytes => 18;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(WeightRow row, int k)
    {
        var block = row.Data + (long)(k >> 5) * BlockBytes;
        return (Nibbles.ToSingle(Nibbles.Of(block + 2, (k & 16) != 0)) - Vector512.Create(8f)) * Vector512.Create(Nibbles.Half(block));
    }

    public static int Zero => 8;

    public static Vector128<byte> Codes16(WeightRow row, int k)
    {
        var words = Vector128.Load((ushort*)(row.Data + (long)(k >> 5) * BlockBytes + 2)) >>> ((k & 16) >> 2);
        return words.AsByte() & Vector128.Create((byte)15);
    }

    public static float Scale16(WeightRow row, int k) => Nibbles.Half(row.Data + (long)(k >> 5) * BlockBytes);
}

/// <summary>{half d, half m, 16 bytes}: <c>d·q + m</c>.</summary>
internal readonly unsafe struct Q4_1Format : IWeightFormat
{
    public static int BlockBytes => 20;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(WeightRow row, int k)
    {
        var block = row.Data + (long)(k >> 5) * BlockBytes;
        return Nibbles.ToSingle(Nibbles.Of(block + 4, (k & 16) != 0)) * Vector512.Create(Nibbles.Half(block)) + Vector512.Create(Nibbles.Half(block + 2));
    }
}

/// <summary>{half d, 32 fifth bits, 16 bytes}: <c>d·(q − 16)</c>; bit j is weight j's.</summary>
internal readonly unsafe struct Q5_0Format : IWeightFormat
{
    public static int BlockBytes => 22;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(WeightRow row, int k)
    {
        var block = row.Data + (long)(k >> 5) * BlockBytes;
        var q = Nibbles.Of(block + 6, (k & 16) != 0) | (Nibbles.Bits(Unsafe.ReadUnaligned<uint>(block + 2), k & 16) << 4);
        return (Nibbles.ToSingle(q) - Vector512.Create(16f)) * Vector512.Create(Nibbles.Half(block));
    }
}

/// <summary>{half d, half m, 32 fifth bits, 16 bytes}: <c>d·q + m</c>.</summary>
internal readonly unsafe struct Q5_1Format : IWeightFormat
{
    public static int BlockBytes => 24;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(WeightRow row, int k)
    {
        var block = row.Data + (long)(k >> 5) * BlockBytes;
        var q = Nibbles.Of(block + 8, (k & 16) != 0) | (Nibbles.Bits(Unsafe.ReadUnaligned<uint>(block + 4), k & 16) << 4);
        return Nibbles.ToSingle(q) * Vector512.Create(Nibbles.Half(block)) + Vector512.Create(Nibbles.Half(block + 2));
    }
}

/// <summary>{half d, 32 signed bytes}: <c>d·q</c>.</summary>
internal readonly unsafe struct Q8_0Format : ICodedFormat
{
    public static int BlockBytes => 34;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(WeightRow row, int k)
    {
        var block = row.Data + (long)(k >> 5) * BlockBytes;
        return Signed.ToSingle(block + 2 + (k & 16)) * Vector512.Create(Nibbles.Half(block));
    }

    public static int Zero => 128;

    public static Vector128<byte> Codes16(WeightRow row, int k) =>
        Vector128.Load(row.Data + (long)(k >> 5) * BlockBytes + 2 + (k & 16)) ^ Vector128.Create((byte)0x80);

    public static float Scale16(WeightRow row, int k) => Nibbles.Half(row.Data + (long)(k >> 5) * BlockBytes);
}

/// <summary>{half d, 16 bytes}: <c>d·T[q]</c> with sixteen unevenly spaced values.</summary>
internal readonly unsafe struct IQ4_NLFormat : IWeightFormat
{
    public static int BlockBytes => 18;

    public static Vector512<float> Table => Vector512.Create(-127f, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(WeightRow row, int k)
    {
        var block = row.Data + (long)(k >> 5) * BlockBytes;
        return Nibbles.Lookup(Table, Nibbles.Of(block + 2, (k & 16) != 0)) * Vector512.Create(Nibbles.Half(block));
    }
}

internal static unsafe class Signed
{
    /// <summary>Sixteen signed bytes as float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ToSingle(byte* source)
    {
        var shifted = Widening.Bytes(Vector128.Load(source) ^ Vector128.Create((byte)0x80));
        return Vector512.ConvertToSingle(shifted.AsInt32() - Vector512.Create(128));
    }
}
