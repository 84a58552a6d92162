namespace NemotronSharp.Generation;

/// <summary>
/// The random number of a position is a pure function of (seed, position): a sequence that is rewound, restored or
/// speculated on draws the same numbers again. SplitMix64's output function (Steele, Lea and Flood, OOPSLA 2014).
/// </summary>
internal static class SeededRandom
{
    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public static double Uniform(ulong seed, long position)
    {
        var x = Mix(seed + Mix((ulong)position + 0x9E3779B97F4A7C15));
        return (x >> 11) * (1.0 / (1UL << 53));
    }

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
