using NemotronSharp.Training.Data;

namespace NemotronSharp.Training.Pretraining;

/// <summary>
/// Micro-batches of a blend whose datasets may differ in row length. A micro-batch holds rows of one length, as many as fit its
/// token budget (at least one); weights are shares of tokens.
/// </summary>
internal sealed class BlendSampler
{
    private sealed record Group(PackedDataset[] Datasets, RowSampler Rows, int RowLength, int RowsAtOnce);

    private readonly Group[] _groups;
    private readonly BlendOrder _order;

    /// <param name="blend">Datasets with their shares.</param>
    /// <param name="tokensAtOnce">Token budget of a micro-batch.</param>
    /// <param name="seed">Another seed gives another order.</param>
    public BlendSampler(IReadOnlyList<(PackedDataset Dataset, double Weight)> blend, int tokensAtOnce, ulong seed)
    {
        var groups = blend.GroupBy(part => part.Dataset.RowLength).OrderBy(group => group.Key).ToArray();
        _groups = [.. groups.Select((group, number) => new Group(
            [.. group.Select(part => part.Dataset)],
            new RowSampler([.. group.Select(part => part.Weight)], [.. group.Select(part => part.Dataset.RowCount)], seed + (ulong)number * 104729),
            group.Key,
            Math.Max(1, tokensAtOnce / group.Key)))];
        // A long row is a micro-batch of its own with more tokens than the others, so it comes more rarely.
        _order = new BlendOrder([.. groups.Zip(_groups, (parts, group) => parts.Sum(part => part.Weight) / (group.RowsAtOnce * group.RowLength))], seed ^ 0x5DEECE66D);
    }

    /// <summary>Rows of the micro-batch at a position, 0 upward without end; all of one length.</summary>
    public (PackedDataset Dataset, int Row)[] At(long position)
    {
        var (number, ordinal) = _order.At(position);
        var group = _groups[number];
        return [.. Enumerable.Range(0, group.RowsAtOnce).Select(i =>
        {
            var (dataset, row) = group.Rows.At(ordinal * group.RowsAtOnce + i);
            return (group.Datasets[dataset], row);
        })];
    }
}
