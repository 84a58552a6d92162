using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NemotronSharp.Checkpoints;

/// <summary>Normally distributed numbers by place: 4,096 evenly likely quantiles, chosen by twelve bits of a counter's hash. As fast as memory is written.</summary>
internal static class NormalSource
{
    private const int Bits = 12;
    private static readonly float[] Quantiles = [.. Enumerable.Range(0, 1 << Bits).Select(i => (float)Quantile((i + 0.5) / (1 << Bits)))];

    /// <summary>The largest magnitude, about 3.7 deviations.</summary>
    public static float Largest { get; } = Quantiles[^1];

    /// <summary>Row <paramref name="row"/> of the numbers of a key.</summary>
    public static void Fill(ulong key, int row, float deviation, Span<float> target)
    {
        ref var table = ref MemoryMarshal.GetArrayDataReference(Quantiles);
        var counter = Mix(key + (ulong)row * 0x9E3779B97F4A7C15);
        var i = 0;
        for (; i <= target.Length - 4; i += 4)
        {
            var bits = Mix(counter += 0x9E3779B97F4A7C15);
            for (var j = 0; j < 4; j++) target[i + j] = Unsafe.Add(ref table, (nint)(bits >> (16 * j) & ((1 << Bits) - 1))) * deviation;
        }
        for (var bits = Mix(counter + 0x9E3779B97F4A7C15); i < target.Length; i++, bits >>= 16) target[i] = Unsafe.Add(ref table, (nint)(bits & ((1 << Bits) - 1))) * deviation;
    }

    // SplitMix64's finalizer.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong z)
    {
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }

    // By bisection of the distribution function: 4,096 values, once.
    private static double Quantile(double p)
    {
        double low = -6, high = 6;
        for (var step = 0; step < 60; step++)
        {
            var middle = (low + high) / 2;
            if (Distribution(middle) < p) low = middle;
            else high = middle;
        }
        return (low + high) / 2;
    }

    // Φ(x) = ½ + φ(x)·(x + x³/3 + x⁵/15 + …), which converges fast for |x| below 6.
    private static double Distribution(double x)
    {
        double term = x, sum = x;
        for (var n = 3; n < 200; n += 2) sum += term *= x * x / n;
        return 0.5 + sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
    }
}
