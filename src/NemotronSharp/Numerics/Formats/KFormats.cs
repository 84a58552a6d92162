using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NemotronSharp.Numerics;

// ggml's blocks of 256 ("K-quants"): a half or two for the block, small whole numbers for its sub-blocks.

/// <summary>{16 bytes of scale and minimum nibbles, 64 bytes of 2-bit weights, half d, half dmin}: <c>d·sc·q − dmin·mn</c> by 16.</summary>
internal readonly unsafe struct Q2_KFormat : IWeightFormat
{
    public static int BlockBytes => 84;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(WeightRow row, int k)
    {
        var block = row.Data + (long)(k >> 8) * BlockBytes;
        var group = (k >> 4) & 15;
        float scale = Nibbles.Half(block + 80) * (block[group] & 15), minimum = Nibbles.Half(block + 82) * (block[group] >> 4);
        var q = Bits2.Of(block + 16, k);
        return Nibbles.ToSingle(q) * Vector512.Create(scale) - Vector512.Create(minimum);
    }
}

/// <summary>{256 third bits, 64 bytes of 2-bit weights, 16 scales of 6 bits in 12 bytes, half d}: <c>d·(sc − 32)·(q − 4)</c> by 16.</summary>
internal readonly unsafe struct Q3_KFormat : IWeightFormat
{
    public static int BlockBytes => 110;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(WeightRow row, int k)
    {
        var block = row.Data + (long)(k >> 8) * BlockBytes;
        var group = (k >> 4) & 15;
        byte* scales = block + 96;
        var low = group < 8 ? scales[group] & 15 : scales[group - 8] >> 4;
        var high = (scales[8 + (group & 3)] >> (2 * (group >> 2))) & 3;
        var scale = Nibbles.Half(block + 108) * ((low | (high << 4)) - 32);
        // Third bits lie across: bit i of byte l is that of weight 32·i + l.
        var third = Widening.Bytes(block + (k & 16)) >>> ((k >> 5) & 7);
        var q = Bits2.Of(block + 32, k) | ((third & Vector512<uint>.One) << 2);
        return (Nibbles.ToSingle(q) - Vector512.Create(4f)) * Vector512.Create(scale);
    }
}

/// <summary>{half d, half dmin, 8 scales and minima of 6 bits in 12 bytes, 128 bytes}: <c>d·sc·q − dmin·mn</c> by 32.</summary>
internal readonly unsafe struct Q4_KFormat : IWeightFormat
{
    public static int BlockBytes => 144;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(WeightRow row, int k)
    {
        var block = row.Data + (long)(k >> 8) * BlockBytes;
        var (scale, minimum) = SixBits.ScaleAndMinimum(block, (k >> 5) & 7);
        var q = Nibbles.Of(block + 16 + ((k >> 6) & 3) * 32 + (k & 16), (k & 32) != 0);
        return Nibbles.ToSingle(q) * Vector512.Create(scale) - Vector512.Create(minimum);
    }
}

/// <summary>As Q4_K with a fifth bit for each weight: {…, 32 bytes of fifth bits, 128 bytes}; bit i of byte l is that of weight 32·i + l.</summary>
internal readonly unsafe struct Q5_KFormat : IWeightFormat
{
    public static int BlockBytes => 176;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(WeightRow row, int k)
    {
        var block = row.Data + (long)(k >> 8) * BlockBytes;
        var (scale, minimum) = SixBits.ScaleAndMinimum(block, (k >> 5) & 7);
        var fifth = (Widening.Bytes(block + 16 + (k & 16)) >>> ((k >> 5) & 7)) & Vector512<uint>.One;
        var q = Nibbles.Of(block + 48 + ((k >> 6) & 3) * 32 + (k & 16), (k & 32) != 0) | (fifth << 4);
        return Nibbles.ToSingle(q) * Vector512.Create(scale) - Vector512.Create(minimum);
    }
}

/// <summary>{128 bytes of low nibbles, 64 bytes of high bit pairs, 16 signed scales, half d}: <c>d·sc·(q − 32)</c> by 16.</summary>
internal readonly unsafe struct Q6_KFormat : IWeightFormat
{
    public static int BlockBytes => 210;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(WeightRow row, int k)
    {
        var block = row.Data + (long)(k >> 8) * BlockBytes;
        var scale = Nibbles.Half(block + 208) * (sbyte)block[192 + ((k >> 4) & 15)];
        // A half of 128 weights: low nibbles of weights 0–31 and 32–63, then high nibbles for 64–95 and 96–127 of the same 64 bytes.
        var low = Nibbles.Of(block + ((k >> 7) & 1) * 64 + (k & 48), (k & 64) != 0);
        var q = low | (Bits2.Of(block + 128, k) << 4);
        return (Nibbles.ToSingle(q) - Vector512.Create(32f)) * Vector512.Create(scale);
    }
}

/// <summary>{half d, 8 scales of 6 bits: two high bits each in 2 bytes and low nibbles in 4, 128 bytes}: <c>d·(sc − 32)·T[q]</c> by 32 with IQ4_NL's table.</summary>
internal readonly unsafe struct IQ4_XSFormat : IWeightFormat
{
    public static int BlockBytes => 136;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(WeightRow row, int k)
    {
        var block = row.Data + (long)(k >> 8) * BlockBytes;
        var sub = (k >> 5) & 7;
        var low = (block[4 + (sub >> 1)] >> (4 * (sub & 1))) & 15;
        var high = (Unsafe.ReadUnaligned<ushort>(block + 2) >> (2 * sub)) & 3;
        var scale = Nibbles.Half(block) * ((low | (high << 4)) - 32);
        return Nibbles.Lookup(IQ4_NLFormat.Table, Nibbles.Of(block + 8 + 16 * sub, (k & 16) != 0)) * Vector512.Create(scale);
    }
}

internal static unsafe class Bits2
{
    /// <summary>Two-bit weights of a block of 256: bits 2i and 2i + 1 of byte l of each half's 32 bytes are those of weight 32·i + l of that half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Of(byte* bytes, int k) =>
        (Widening.Bytes(bytes + ((k >> 7) & 1) * 32 + (k & 16)) >>> (2 * ((k >> 5) & 3))) & Vector512.Create(3u);
}

internal static unsafe class SixBits
{
    /// <summary>Q4_K's and Q5_K's <c>(d·sc, dmin·mn)</c> of a sub-block 0 to 7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (float Scale, float Minimum) ScaleAndMinimum(byte* block, int sub)
    {
        var s = block + 4;
        var (scale, minimum) = sub < 4
            ? (s[sub] & 63, s[sub + 4] & 63)
            : ((s[sub + 4] & 15) | ((s[sub - 4] >> 6) << 4), (s[sub + 4] >> 4) | ((s[sub] >> 6) << 4));
        return (Nibbles.Half(block) * scale, Nibbles.Half(block + 2) * minimum);
    }
}
