namespace NemotronSharp.Training.Pretraining;

/// <summary>
/// Order of rows from several datasets in fixed proportions: a pure function of the seed and the position, so that a resumed
/// run reads exactly what an unbroken one would. Every dataset is walked in a new random order each epoch.
/// </summary>
internal sealed class RowSampler
{
    private const int BlockLength = 1000;
    private readonly int[] _rowCounts;
    private readonly int[] _pattern;        // dataset of every place in a block
    private readonly int[] _rank;           // how many earlier places of the block have the same dataset
    private readonly int[] _perBlock;
    private readonly ulong _seed;

    /// <param name="weights">Share of each dataset, not negative; they need not add up to 1.</param>
    /// <param name="rowCounts">Rows of each dataset.</param>
    /// <param name="seed">Any number; another seed gives another order.</param>
    /// <exception cref="ArgumentException">No dataset, a dataset without rows, or weights that are negative or all zero.</exception>
    public RowSampler(IReadOnlyList<double> weights, IReadOnlyList<int> rowCounts, ulong seed)
    {
        if (weights.Count == 0 || weights.Count != rowCounts.Count) throw new ArgumentException($"{weights.Count} weights for {rowCounts.Count} datasets");
        if (rowCounts.Any(n => n <= 0)) throw new ArgumentException("a dataset of the blend has no rows");
        var total = weights.Sum();
        if (weights.Any(w => !(w >= 0)) || !(total > 0)) throw new ArgumentException($"blend weights {string.Join(", ", weights)}: expected none negative and one positive");

        _rowCounts = [.. rowCounts];
        _seed = seed;
        _pattern = new int[BlockLength];
        var borders = weights.Select((_, i) => weights.Take(i + 1).Sum() / total * BlockLength).ToArray();
        for (int place = 0, dataset = 0; place < BlockLength; place++)
        {
            while (dataset < borders.Length - 1 && place + 0.5 > borders[dataset]) dataset++;
            _pattern[place] = dataset;
        }
        // A fixed shuffle, from the seed alone.
        for (var i = BlockLength - 1; i > 0; i--)
        {
            var j = (int)(Mix(seed ^ (ulong)i * 0x9E3779B97F4A7C15) % (ulong)(i + 1));
            (_pattern[i], _pattern[j]) = (_pattern[j], _pattern[i]);
        }
        _perBlock = new int[rowCounts.Count];
        _rank = new int[BlockLength];
        for (var i = 0; i < BlockLength; i++) _rank[i] = _perBlock[_pattern[i]]++;
    }

    /// <summary>Dataset and row at a position, 0 upward without end.</summary>
    public (int Dataset, int Row) At(long position)
    {
        var place = (int)(position % BlockLength);
        var dataset = _pattern[place];
        var draw = position / BlockLength * _perBlock[dataset] + _rank[place];
        var epoch = draw / _rowCounts[dataset];
        return (dataset, Permute((int)(draw % _rowCounts[dataset]), _rowCounts[dataset], Mix(_seed + 0x1000003 * (ulong)dataset + 0x9E3779B97F4A7C15 * (ulong)(epoch + 1))));
    }

    // A keyed bijection of 0..count-1: a four-round Feistel network over the next even power of two, repeated until inside.
    private static int Permute(int index, int count, ulong key)
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

    // SplitMix64's finaliser.
    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
