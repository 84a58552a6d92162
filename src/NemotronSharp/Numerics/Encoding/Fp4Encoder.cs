using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NemotronSharp.Numerics;

/// <summary>Sixteen float32 weights to E2M1 codes under one E4M3 scale: what NVFP4's two layouts share.</summary>
/// <param name="factor">The matrix's factor: a weight is <c>code · scale · factor</c>; positive.</param>
/// <param name="rule">How scales are chosen.</param>
internal readonly struct Fp4Encoder(float factor, ScaleRule rule)
{
    // The largest scale that a rule gives to a matrix's largest weight: four over six needs room to go half as high again.
    private const float LargestScale = 448, LargestScaleOfSix = 256;

    // Codes of E4M3 around the one of Max; an eighth to a sixteenth of the scale each.
    private const int Below = 7, Above = 3;

    /// <summary>The factor that puts a matrix's largest weight at the end of what its rule can say.</summary>
    /// <param name="largest">Largest magnitude in the matrix.</param>
    /// <param name="rule">How scales are chosen.</param>
    public static float FactorFor(float largest, ScaleRule rule)
    {
        var factor = largest / (6 * (rule == ScaleRule.FourOverSix ? LargestScaleOfSix : LargestScale));
        // A matrix of zeros, or of numbers too small to divide by.
        return float.IsNormal(factor) ? factor : 1;
    }

    /// <summary>Scale and codes of sixteen weights.</summary>
    public byte Encode(Vector512<float> weights, out Vector128<byte> codes)
    {
        var x = weights / Vector512.Create(factor);
        var largest = Vectors.Largest(Vector512.Abs(x));
        var scale = rule switch
        {
            ScaleRule.Mse => Best(x, E4M3.FromSingle(largest / 6)),
            ScaleRule.FourOverSix => Better(x, E4M3.FromSingle(largest / 6), E4M3.FromSingle(largest / 4)),
            _ => E4M3.FromSingle(largest / 6),
        };
        codes = Codes(x, E4M3.ToSingle(scale));
        return scale;
    }

    private static byte Best(Vector512<float> x, byte middle)
    {
        var (best, least) = (middle, Error(x, middle));
        for (var candidate = Math.Max(1, middle - Below); candidate <= Math.Min(E4M3.LargestCode, middle + Above); candidate++)
            if (Error(x, (byte)candidate) is var error && error < least) (best, least) = ((byte)candidate, error);
        return best;
    }

    private static byte Better(Vector512<float> x, byte six, byte four) => Error(x, four) < Error(x, six) ? four : six;

    private static float Error(Vector512<float> x, byte scale)
    {
        var s = E4M3.ToSingle(scale);
        var decoded = Nibbles.Lookup(E2M1.Doubled, Widening.Bytes(Codes(x, s))) * Vector512.Create(s / 2);
        var difference = x - decoded;
        return Vector512.Sum(difference * difference);
    }

    // The nearest code; half way, the smaller one, as in ggml.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Codes(Vector512<float> x, float scale)
    {
        if (scale == 0) return default;
        var magnitude = Vector512.Abs(x) / Vector512.Create(scale);
        // A comparison gives −1 a lane.
        var code = -(Vector512.GreaterThan(magnitude, Vector512.Create(0.25f)).AsInt32() + Vector512.GreaterThan(magnitude, Vector512.Create(0.75f)).AsInt32()
            + Vector512.GreaterThan(magnitude, Vector512.Create(1.25f)).AsInt32() + Vector512.GreaterThan(magnitude, Vector512.Create(1.75f)).AsInt32()
            + Vector512.GreaterThan(magnitude, Vector512.Create(2.5f)).AsInt32() + Vector512.GreaterThan(magnitude, Vector512.Create(3.5f)).AsInt32()
            + Vector512.GreaterThan(magnitude, Vector512.Create(5f)).AsInt32());
        code |= Vector512.LessThan(x, Vector512<float>.Zero).AsInt32() & Vector512.Create(8);
        return Vectors.Bytes(code.AsUInt32());
    }
}
