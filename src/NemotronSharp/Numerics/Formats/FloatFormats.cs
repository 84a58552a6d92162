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

    // The magnitude's bits moved into a float32, whose exponent is then mended by an addition. The lowest eight codes count from zero in steps of 2^-9: as one binade they
    // are right but for its beginning. (One multiplication would mend them all, but slowly: float32's own subnormals come in.) 0x7F is no number.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(WeightRow row, int k)
    {
        var bytes = Widening.Bytes(row.Data + k);
        var magnitude = bytes & Vector512.Create(0x7Fu);
        var normal = (magnitude << 20) + Vector512.Create(0x3C000000u);
        var smallest = ((normal + Vector512.Create(0x00800000u)).AsSingle() - Vector512.Create(0.015625f)).AsUInt32();
        var value = Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512.Create(8u)), smallest, normal);
        var special = Vector512.Equals(magnitude, Vector512.Create(0x7Fu)) & Vector512.Create(0x7FC00000u);
        return (value | special | ((bytes & Vector512.Create(0x80u)) << 24)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Weights64 Load64<TFormat>(WeightRow row, int k) where TFormat : IWeightFormat => E4M3Widening.IsSupported
        ? E4M3Widening.Widen(Vector512.Load(row.Data + k))
        : new(Load16(row, k), Load16(row, k + 16), Load16(row, k + 32), Load16(row, k + 48));
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
