using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace NemotronSharp.Numerics;

/// <summary>How a weight type becomes float32. One implementation per type; the matrix kernel is generic over them.</summary>
internal unsafe interface IWeightFormat
{
    /// <summary>Bytes of one weight.</summary>
    static abstract int Size { get; }

    /// <summary>Sixteen weights from <paramref name="source"/>, exactly.</summary>
    static abstract Vector512<float> Load16(byte* source);

    /// <summary>One weight from <paramref name="source"/>, exactly.</summary>
    static abstract float Load(byte* source);
}

internal readonly unsafe struct F32Format : IWeightFormat
{
    public static int Size => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(byte* source) => Vector512.Load((float*)source);

    public static float Load(byte* source) => Unsafe.ReadUnaligned<float>(source);
}

internal readonly unsafe struct BF16Format : IWeightFormat
{
    public static int Size => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(byte* source) => (HalfWords.Widen(source) << 16).AsSingle();

    public static float Load(byte* source) => BFloat16.ToSingle(Unsafe.ReadUnaligned<ushort>(source));
}

internal readonly unsafe struct F16Format : IWeightFormat
{
    public static int Size => 2;

    // Shifting the 15 magnitude bits into a float32 leaves the exponent 112 too small, subnormals included;
    // one exact multiplication mends it. Infinities and NaNs arrive as 65536 and above and get their exponent back.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(byte* source)
    {
        var half = HalfWords.Widen(source);
        var magnitude = ((half & Vector512.Create(0x7FFFu)) << 13).AsSingle() * Vector512.Create(BitConverter.UInt32BitsToSingle(0x77800000));
        var special = Vector512.GreaterThanOrEqual(magnitude, Vector512.Create(65536f)).AsUInt32() & Vector512.Create(0x7F800000u);
        var sign = (half & Vector512.Create(0x8000u)) << 16;
        return (magnitude.AsUInt32() | special | sign).AsSingle();
    }

    public static float Load(byte* source) => (float)Unsafe.ReadUnaligned<Half>(source);
}

internal static unsafe class HalfWords
{
    /// <summary>Sixteen 16-bit words, zero-extended to 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Widen(byte* source)
    {
        var words = Vector256.Load((ushort*)source);
        if (Avx512F.IsSupported) return Avx512F.ConvertToVector512UInt32(words);
        var (lower, upper) = Vector256.Widen(words);
        return Vector512.Create(lower, upper);
    }
}
