using System.Numerics;

namespace NemotronSharp.Text;

/// <summary>
/// Which two neighbouring tokens merge into which, and how early: the pair (left id, right id) to its rank (its place in the file's
/// list, lower merges first) and resulting id. Open addressing, one 16-byte entry per probe; read-only once filled, for any thread.
/// </summary>
internal sealed class MergeTable
{
    /// <summary>The rank of a pair that does not merge.</summary>
    public const int None = int.MaxValue;

    private readonly Entry[] _entries;
    private readonly int _shift;

    /// <summary>A table for <paramref name="capacity"/> merges, at most half full.</summary>
    public MergeTable(int capacity)
    {
        var bits = BitOperations.Log2((uint)Math.Max(capacity, 1)) + 2;
        _entries = new Entry[1 << bits];
        _shift = 64 - bits;
    }

    /// <summary>False when the pair already has a rank.</summary>
    public bool TryAdd(int left, int right, int rank, int result)
    {
        ref var entry = ref Find(left, right);
        if (entry.Occupied) return false;
        entry = new Entry(left, right, rank, ~result);
        return true;
    }

    /// <summary>The rank of the pair and the id it merges into, or <see cref="None"/>.</summary>
    public int RankOf(int left, int right, out int result)
    {
        ref var entry = ref Find(left, right);
        result = ~entry.NotResult;
        return entry.Occupied ? entry.Rank : None;
    }

    private ref Entry Find(int left, int right)
    {
        var mask = _entries.Length - 1;
        var slot = (int)((((ulong)(uint)left << 32 | (uint)right) * 0x9E3779B97F4A7C15) >> _shift);
        while (true)
        {
            ref var entry = ref _entries[slot & mask];
            if (!entry.Occupied || (entry.Left == left && entry.Right == right)) return ref entry;
            slot++;
        }
    }

    // The result is kept inverted, so that the zeroed entry of a fresh table reads as empty.
    private readonly record struct Entry(int Left, int Right, int Rank, int NotResult)
    {
        public bool Occupied => NotResult < 0;
    }
}
