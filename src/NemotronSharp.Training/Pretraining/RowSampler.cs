namespace NemotronSharp.Training.Pretraining;

/// <summary>
/// Order of rows from several datasets in fixed proportions: a pure function of the seed and the position, so that a resumed
/// run reads exactly what an unbroken one would. Every dataset is walked in a new random order each epoch.
/// </summary>
internal sealed class RowSampler
{
    private readonly BlendOrder _order;
    private readonly int[] _rowCounts;
    private readonly ulong _seed;

    /// <param name="weights">Share of each dataset's rows, not negative; they need not add up to 1.</param>
    /// <param name="rowCounts">Rows of each dataset.</param>
    /// <param name="seed">Any number; another seed gives another order.</param>
    /// <exception cref="ArgumentException">No dataset, a dataset without rows, or weights that are negative or all zero.</exception>
    public RowSampler(IReadOnlyList<double> weights, IReadOnlyList<int> rowCounts, ulong seed)
    {
        if (weights.Count == 0 || weights.Count != rowCounts.Count) throw new ArgumentException($"{weights.Count} weights for {rowCounts.Count} datasets");
        if (rowCounts.Any(n => n <= 0)) throw new ArgumentException("a dataset of the blend has no rows");
        (_rowCounts, _seed, _order) = ([.. rowCounts], seed, new BlendOrder(weights, seed));
    }

    /// <summary>Dataset and row at a position, 0 upward without end.</summary>
    public (int Dataset, int Row) At(long position)
    {
        var (dataset, draw) = _order.At(position);
        var (epoch, index) = (draw / _rowCounts[dataset], (int)(draw % _rowCounts[dataset]));
        return (dataset, Scramble.Permute(index, _rowCounts[dataset], Scramble.Mix(_seed + 0x1000003 * (ulong)dataset + 0x9E3779B97F4A7C15 * (ulong)(epoch + 1))));
    }
}
