using System.Runtime.Intrinsics;

namespace NemotronSharp.Numerics;

/// <summary>OCP FP8 E4M3 without infinities: sign, 4 exponent bits (bias 7), 3 mantissa bits; largest 448, 0x7F and 0xFF are NaN.</summary>
internal static class E4M3
{
    private static readonly float[] Values = [.. Enumerable.Range(0, 256).Select(Decode)];

    /// <summary>448.</summary>
    public const byte LargestCode = 0x7E;

    public const byte NaN = 0x7F;

    public static float ToSingle(byte bits) => Values[bits];

    /// <summary>Nearest, ties to even; beyond 448 the largest value, NaN stays NaN.</summary>
    public static byte FromSingle(float value)
    {
        if (float.IsNaN(value)) return 0x7F;
        var sign = (byte)(float.IsNegative(value) ? 0x80 : 0);
        var magnitude = MathF.Abs(value);
        if (magnitude >= 448) return (byte)(sign | 0x7E);
        // In units of the last place, 2^(exponent − 3); all subnormals have the smallest exponent's. Eight units carry into the next exponent by themselves.
        var exponent = Math.Max(-6, MathF.ILogB(magnitude));
        var units = (int)MathF.Round(MathF.ScaleB(magnitude, 3 - exponent), MidpointRounding.ToEven);
        var code = ((exponent + 6) << 3) + units;
        return (byte)(sign | Math.Min(code, 0x7E));
    }

    /// <summary>The same for many.</summary>
    public static void FromSingles(ReadOnlySpan<float> values, Span<byte> target)
    {
        var i = 0;
        for (; i <= values.Length - 16; i += 16) Vectors.Bytes(FromSingles(Vector512.Create(values.Slice(i, 16)))).CopyTo(target[i..]);
        for (; i < values.Length; i++) target[i] = FromSingle(values[i]);
    }

    private static Vector512<uint> FromSingles(Vector512<float> values)
    {
        var magnitude = Vector512.Min(Vector512.Abs(values), Vector512.Create(448f));
        // Normal numbers: round away 20 mantissa bits, ties to even, and move the exponent's bias from 127 to 7.
        var bits = magnitude.AsUInt32();
        var normal = ((bits + Vector512.Create(0x7FFFFu) + ((bits >>> 20) & Vector512<uint>.One)) >>> 20) - Vector512.Create(120u << 3);
        // Subnormal ones count 2^-9: adding 2^23 leaves the rounded count in the lowest bits.
        var subnormal = (magnitude * Vector512.Create(512f) + Vector512.Create(8388608f)).AsUInt32() & Vector512.Create(15u);
        var code = Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512.Create(0.015625f)).AsUInt32(), subnormal, normal);
        var notANumber = ~Vector512.Equals(values, values).AsUInt32();
        code = Vector512.ConditionalSelect(notANumber, Vector512.Create((uint)NaN), code);
        return code | ((values.AsUInt32() >>> 24) & Vector512.Create(0x80u) & ~notANumber);
    }

    private static float Decode(int bits)
    {
        int exponent = (bits >> 3) & 15, mantissa = bits & 7;
        if ((bits & 0x7F) == 0x7F) return float.NaN;
        var magnitude = exponent == 0 ? MathF.ScaleB(mantissa, -9) : MathF.ScaleB(8 + mantissa, exponent - 10);
        return (bits & 0x80) != 0 ? -magnitude : magnitude;
    }
}
