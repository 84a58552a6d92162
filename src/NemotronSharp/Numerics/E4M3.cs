namespace NemotronSharp.Numerics;

/// <summary>OCP FP8 E4M3 without infinities: sign, 4 exponent bits (bias 7), 3 mantissa bits; largest 448, 0x7F and 0xFF are NaN.</summary>
internal static class E4M3
{
    private static readonly float[] Values = [.. Enumerable.Range(0, 256).Select(Decode)];

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

    private static float Decode(int bits)
    {
        int exponent = (bits >> 3) & 15, mantissa = bits & 7;
        if ((bits & 0x7F) == 0x7F) return float.NaN;
        var magnitude = exponent == 0 ? MathF.ScaleB(mantissa, -9) : MathF.ScaleB(8 + mantissa, exponent - 10);
        return (bits & 0x80) != 0 ? -magnitude : magnitude;
    }
}
