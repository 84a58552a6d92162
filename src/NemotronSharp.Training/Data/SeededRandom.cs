namespace NemotronSharp.Training.Data;

/// <summary>SplitMix64: the same seed gives the same numbers on every machine and runtime. For one thread.</summary>
internal sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A generator for one part of a run, so that changing one part leaves the others as they were.</summary>
    public static SeededRandom For(ulong seed, string part) => new(seed ^ StableHash.Of(part));

    /// <summary>Uniform in [0, <paramref name="below"/>).</summary>
    public int Next(int below) => (int)((UInt128)NextWord() * (uint)below >> 64);

    /// <summary>Uniform in [<paramref name="low"/>, <paramref name="high"/>], both included.</summary>
    public int Between(int low, int high) => low + Next(high - low + 1);

    /// <summary>True with probability <paramref name="percent"/> / 100.</summary>
    public bool Chance(int percent) => Next(100) < percent;

    /// <summary>One of the items, each as likely as the other.</summary>
    public T Pick<T>(params IReadOnlyList<T> items) => items[Next(items.Count)];

    public void Shuffle<T>(IList<T> items)
    {
        for (int i = items.Count - 1; i > 0; i--)
        {
            int j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private ulong NextWord()
    {
        _state += 0x9E3779B97F4A7C15;
        return StableHash.Mix(_state);
    }
}

/// <summary>A string hash that never changes between runs, machines or runtimes.</summary>
internal static class StableHash
{
    /// <summary>FNV-1a over the UTF-16 units, then a final mixing.</summary>
    public static ulong Of(ReadOnlySpan<char> text)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (char c in text) hash = (hash ^ c) * 0x100000001B3;
        return Mix(hash);
    }

    public static ulong Mix(ulong z)
    {
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }
}
