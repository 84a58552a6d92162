using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NemotronSharp.Numerics;

/// <summary>What the encoders need of vectors.</summary>
internal static class Vectors
{
    /// <summary>The largest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Vector512<float> values)
    {
        var half = Vector256.Max(values.GetLower(), values.GetUpper());
        var quarter = Vector128.Max(half.GetLower(), half.GetUpper());
        return MathF.Max(MathF.Max(quarter[0], quarter[1]), MathF.Max(quarter[2], quarter[3]));
    }

    /// <summary>The largest magnitude; NaN or infinite if one of the values is.</summary>
    public static float LargestMagnitude(ReadOnlySpan<float> values)
    {
        var largest = Vector512<float>.Zero;
        var i = 0;
        for (; i <= values.Length - 16; i += 16) largest = Vector512.Max(largest, Vector512.Abs(Vector512.Create(values.Slice(i, 16))));
        var result = Largest(largest);
        for (; i < values.Length; i++) result = MathF.Max(result, MathF.Abs(values[i]));
        return result;
    }

    /// <summary>Sixteen numbers below 256 as bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Bytes(Vector512<uint> numbers)
    {
        var words = Vector256.Narrow(numbers.GetLower(), numbers.GetUpper());
        return Vector128.Narrow(words.GetLower(), words.GetUpper());
    }
}
