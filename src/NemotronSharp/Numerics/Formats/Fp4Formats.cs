using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NemotronSharp.Numerics;

/// <summary>E2M1: sign, two exponent bits, one mantissa bit. All values, doubled so that they are whole.</summary>
internal static class E2M1
{
    public static Vector512<float> Doubled => Vector512.Create(0f, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12);

    /// <summary>What <see cref="Raised"/> adds.</summary>
    public const int Zero = 12;

    /// <summary>The doubled values with 12 added: unsigned bytes.</summary>
    public static Vector128<byte> Raised => Vector128.Create((byte)12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0);
}

/// <summary>OCP MXFP4: {E8M0 e, 16 bytes} for 32 weights; <c>F[q]·2^(e − 128)</c> with the doubled table F.</summary>
internal readonly unsafe struct MXFP4Format : IWeightFormat
{
    public static int BlockBytes => 17;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(WeightRow row, int k)
    {
        var block = row.Data + (long)(k >> 5) * BlockBytes;
        return Nibbles.Lookup(E2M1.Doubled, Nibbles.Of(block + 1, (k & 16) != 0)) * Vector512.Create(HalfPower(*block));
    }

    // 2^(e − 128); the two smallest are subnormal.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float HalfPower(byte e) => BitConverter.UInt32BitsToSingle(e < 2 ? 0x00200000u << e : (uint)(e - 1) << 23);
}

/// <summary>
/// NVFP4 as GGUF lays it out: {4 UE4M3 scales, 32 bytes} for 64 weights in four sub-blocks of 16; byte j of a sub-block holds weight j in its low half and
/// weight j + 8 in its high half. <c>F[q]·u(scale)</c> with the doubled table F and u half of E4M3's value.
/// </summary>
internal readonly unsafe struct NVFP4Format : ICodedFormat
{
    public static int BlockBytes => 36;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(WeightRow row, int k)
    {
        var block = row.Data + (long)(k >> 6) * BlockBytes;
        var sub = (k >> 4) & 3;
        var q = NVFP4Layouts.FromGguf(Unsafe.ReadUnaligned<ulong>(block + 4 + 8 * sub));
        return Nibbles.Lookup(E2M1.Doubled, Widening.Bytes(q)) * Vector512.Create(HalvedScale(block[sub]));
    }

    public static int Zero => E2M1.Zero;

    public static Vector128<byte> Codes16(WeightRow row, int k) =>
        Vector128.ShuffleNative(E2M1.Raised, NVFP4Layouts.FromGguf(Unsafe.ReadUnaligned<ulong>(row.Data + (long)(k >> 6) * BlockBytes + 4 + 8 * ((k >> 4) & 3))));

    public static float Scale16(WeightRow row, int k) => HalvedScale(row.Data[(long)(k >> 6) * BlockBytes + ((k >> 4) & 3)]);

    // Unsigned E4M3, halved because the table is doubled; the sign bit is no sign here, and NaN counts as 0, as in ggml. Shifted into a float32 the exponent is
    // 120 too small; a table would be looked up behind a check of its initialisation.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float HalvedScale(byte scale) => scale == E4M3.NaN ? 0 : BitConverter.UInt32BitsToSingle((scale & 0x7Fu) << 20) * BitConverter.UInt32BitsToSingle(0x7B000000);
}

/// <summary>
/// NVFP4 as ModelOpt lays it out: two weights a byte, the even one low, and an E4M3 scale for 16 weights in a tensor of its own. <c>F[q]·s/2</c> with the
/// doubled table F.
/// </summary>
internal readonly unsafe struct ModelOptNVFP4Format : ICodedFormat
{
    public static int BlockBytes => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(WeightRow row, int k)
    {
        var q = NVFP4Layouts.FromModelOpt(Unsafe.ReadUnaligned<ulong>(row.Data + (k >> 1)));
        return Nibbles.Lookup(E2M1.Doubled, Widening.Bytes(q)) * Vector512.Create(E4M3.ToSingle(row.Scales[k >> 4]) / 2);
    }

    public static int Zero => E2M1.Zero;

    public static Vector128<byte> Codes16(WeightRow row, int k) => Vector128.ShuffleNative(E2M1.Raised, NVFP4Layouts.FromModelOpt(Unsafe.ReadUnaligned<ulong>(row.Data + (k >> 1))));

    public static float Scale16(WeightRow row, int k) => E4M3.ToSingle(row.Scales[k >> 4]) / 2;
}
