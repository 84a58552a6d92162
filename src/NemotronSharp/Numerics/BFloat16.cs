using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NemotronSharp.Numerics;

/// <summary>bfloat16 as its bit pattern: sign, 8 exponent bits, 7 mantissa bits; the upper half of a binary32.</summary>
internal static class BFloat16
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>Nearest, ties to even; a NaN stays a quiet NaN.</summary>
    public static ushort FromSingle(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value)) return (ushort)((bits >> 16) | 0x0040);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>The same for many.</summary>
    public static void FromSingles(ReadOnlySpan<float> values, Span<ushort> target)
    {
        var i = 0;
        for (; i <= values.Length - 16; i += 16)
        {
            var x = Vector512.Create(values.Slice(i, 16));
            var bits = x.AsUInt32();
            var nearest = (bits + Vector512.Create(0x7FFFu) + ((bits >>> 16) & Vector512<uint>.One)) >>> 16;
            var quiet = (bits >>> 16) | Vector512.Create(0x0040u);
            var rounded = Vector512.ConditionalSelect(Vector512.Equals(x, x).AsUInt32(), nearest, quiet);
            Vector256.Narrow(rounded.GetLower(), rounded.GetUpper()).CopyTo(target[i..]);
        }
        for (; i < values.Length; i++) target[i] = FromSingle(values[i]);
    }
}
