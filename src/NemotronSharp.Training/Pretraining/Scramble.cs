namespace NemotronSharp.Training.Pretraining;

/// <summary>Random-looking functions of numbers, so that any position of a run can be computed without those before it.</summary>
internal static class Scramble
{
    /// <summary>A keyed bijection of 0..count-1: a four-round Feistel network over the next even power of two, repeated until inside.</summary>
    public static int Permute(int index, int count, ulong key)
    {
        var half = 1;
        while (1L << (2 * half) < count) half++;
        var mask = (1UL << half) - 1;
        var x = (ulong)index;
        do
        {
            ulong left = x >> half, right = x & mask;
            for (var round = 0UL; round < 4; round++) (left, right) = (right, left ^ (Mix(right ^ key + round * 0xD1B54A32D192ED03) & mask));
            x = left << half | right;
        }
        while (x >= (ulong)count);
        return (int)x;
    }

    /// <summary>SplitMix64's finaliser.</summary>
    public static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
