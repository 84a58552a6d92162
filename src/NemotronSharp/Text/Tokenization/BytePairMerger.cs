namespace NemotronSharp.Text;

/// <summary>
/// Byte-pair merging (Sennrich et al. 2016) of one piece: of all neighbouring pairs the one of lowest rank merges first,
/// the leftmost of equals, until none merges. Keeps its working memory; for one thread at a time.
/// </summary>
internal sealed class BytePairMerger(MergeTable merges, int[] byteIds)
{
    // Up to here a scan for the lowest rank beats a heap; beyond it the scan's square would tell.
    private const int ScanLimit = 64;

    private readonly int[] _ids = new int[ScanLimit];
    private readonly int[] _ranks = new int[ScanLimit];
    private readonly int[] _results = new int[ScanLimit];

    /// <summary>Appends the ids of a piece of one byte or more; O(n log n) in its length.</summary>
    public void Merge(ReadOnlySpan<byte> piece, List<int> destination)
    {
        if (piece.Length <= ScanLimit) MergeByScan(piece, destination);
        else MergeByHeap(piece, destination);
    }

    private void MergeByScan(ReadOnlySpan<byte> piece, List<int> destination)
    {
        Span<int> ids = _ids, ranks = _ranks, results = _results;
        var count = piece.Length;
        for (var i = 0; i < count; i++) ids[i] = byteIds[piece[i]];
        for (var i = 0; i + 1 < count; i++) ranks[i] = merges.RankOf(ids[i], ids[i + 1], out results[i]);
        while (count > 1)
        {
            var best = 0;
            for (var i = 1; i + 1 < count; i++)
                if (ranks[i] < ranks[best]) best = i;
            if (ranks[best] == MergeTable.None) break;

            ids[best] = results[best];
            count--;
            var tail = count - best - 1;
            ids.Slice(best + 2, tail).CopyTo(ids[(best + 1)..]);
            if (tail > 0)
            {
                ranks.Slice(best + 2, tail - 1).CopyTo(ranks[(best + 1)..]);
                results.Slice(best + 2, tail - 1).CopyTo(results[(best + 1)..]);
                ranks[best] = merges.RankOf(ids[best], ids[best + 1], out results[best]);
            }
            if (best > 0) ranks[best - 1] = merges.RankOf(ids[best - 1], ids[best], out results[best - 1]);
        }
        destination.AddRange(ids[..count]);
    }

    // A linked list of tokens and a heap of (rank, place); an entry whose rank is no longer its place's rank is out of date.
    private void MergeByHeap(ReadOnlySpan<byte> piece, List<int> destination)
    {
        var nodes = new Node[piece.Length];
        var heap = new PriorityQueue<int, long>(piece.Length);
        for (var i = 0; i < nodes.Length; i++)
            nodes[i] = new Node { Id = byteIds[piece[i]], Previous = i - 1, Next = i + 1 < nodes.Length ? i + 1 : -1 };
        for (var i = 0; i < nodes.Length; i++) Offer(nodes, i, heap);

        while (heap.TryDequeue(out var at, out var priority))
        {
            ref var node = ref nodes[at];
            if (node.Rank != (int)(priority >> 32)) continue;
            ref var next = ref nodes[node.Next];
            node.Id = node.Result;
            node.Next = next.Next;
            next.Rank = MergeTable.None;
            if (node.Next >= 0) nodes[node.Next].Previous = at;
            Offer(nodes, at, heap);
            if (node.Previous >= 0) Offer(nodes, node.Previous, heap);
        }
        for (var i = 0; i >= 0; i = nodes[i].Next) destination.Add(nodes[i].Id);
    }

    private void Offer(Node[] nodes, int at, PriorityQueue<int, long> heap)
    {
        ref var node = ref nodes[at];
        node.Rank = node.Next < 0 ? MergeTable.None : merges.RankOf(node.Id, nodes[node.Next].Id, out node.Result);
        if (node.Rank != MergeTable.None) heap.Enqueue(at, (long)node.Rank << 32 | (uint)at);
    }

    private struct Node
    {
        public int Id, Previous, Next, Rank, Result;
    }
}
