using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace NemotronSharp.Numerics;

internal readonly unsafe struct F32Format : IWeightFormat
{
    public static int BlockBytes => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(WeightRow row, int k) => Vector512.Load((float*)row.Data + k);
}

internal readonly unsafe struct BF16Format : IWeightFormat
{
    public static int BlockBytes => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(WeightRow row, int k) => (Widening.Words(row.Data + 2L * k) << 16).AsSingle();
}

internal readonly unsafe struct F16Format : IWeightFormat
{
    public static int BlockBytes => 2;

    // Shifting the 15 magnitude bits into a float32 leaves the exponent 112 too small, subnormals included;
    // one exact multiplication mends it. Infinities and NaNs arrive as 65536 and above and get their exponent back.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(WeightRow row, int k)
    {
        var half = Widening.Words(row.Data + 2L * k);
        var magnitude = ((half & Vector512.Create(0x7FFFu)) << 13).AsSingle() * Vector512.Create(BitConverter.UInt32BitsToSingle(0x77800000));
        var special = Vector512.GreaterThanOrEqual(magnitude, Vector512.Create(65536f)).AsUInt32() & Vector512.Create(0x7F800000u);
        var sign = (half & Vector512.Create(0x8000u)) << 16;
        return (magnitude.AsUInt32() | special | sign).AsSingle();
    }
}

/// <summary>OCP FP8 E4M3 without infinities: bias 7, largest 448, 0x7F and 0xFF are NaN.</summary>
internal readonly unsafe struct F8E4M3Format : IWeightFormat
{
    public static int BlockBytes => 1;

    // As for F16: the exponent arrives 120 too small. The one NaN would be 480.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(WeightRow row, int k)
    {
        var bytes = Widening.Bytes(row.Data + k);
        var magnitude = ((bytes & Vector512.Create(0x7Fu)) << 20).AsSingle() * Vector512.Create(BitConverter.UInt32BitsToSingle(0x7B800000));
        var special = Vector512.Equals(magnitude, Vector512.Create(480f)).AsUInt32() & Vector512.Create(0x7FC00000u);
        var sign = (bytes & Vector512.Create(0x80u)) << 24;
        return (magnitude.AsUInt32() | special | sign).AsSingle();
    }
}

internal static unsafe class Widening
{
    /// <summary>Sixteen 16-bit words, zero-extended to 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Words(byte* source)
    {
        var words = Vector256.Load((ushort*)source);
        if (Avx512F.IsSupported) return Avx512F.ConvertToVector512UInt32(words);
        var (lower, upper) = Vector256.Widen(words);
        return Vector512.Create(lower, upper);
    }

    /// <summary>Sixteen bytes, zero-extended to 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Bytes(byte* source) => Bytes(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Bytes(Vector128<byte> bytes)
    {
        if (Avx512F.IsSupported) return Avx512F.ConvertToVector512UInt32(bytes);
        var (lower, upper) = Vector128.Widen(bytes);
        return Vector512.Create(Vector256.Create(Vector128.WidenLower(lower), Vector128.WidenUpper(lower)), Vector256.Create(Vector128.WidenLower(upper), Vector128.WidenUpper(upper)));
    }
}
