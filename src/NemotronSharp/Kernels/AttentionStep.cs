using NemotronSharp.Numerics;
using NemotronSharp.State;

namespace NemotronSharp.Kernels;

/// <summary>The operands of attention over one sequence: T tokens, the last that its cache holds.</summary>
internal readonly unsafe struct AttentionStep(Rows queries, KeyValueCache cache, int firstPosition, int queryHeads, CacheScales scales, Rows result)
{
    /// <summary>[T, Hq·d].</summary>
    public readonly Rows Queries = queries;

    public readonly KeyValueCache Cache = cache;

    /// <summary>Absolute position of the first token.</summary>
    public readonly int FirstPosition = firstPosition;

    /// <summary>Query heads that read one key/value head.</summary>
    public readonly int PerHead = queryHeads / cache.Heads;

    public readonly CacheScales Scales = scales;

    /// <summary>[T, Hq·d].</summary>
    public readonly Rows Result = result;

    public int HeadDim => Cache.HeadDim;

    /// <summary>Query rows of one key/value head: its heads of the first token, then those of the next.</summary>
    public int RowsPerHead => Queries.Count * PerHead;

    public int Tiles => (RowsPerHead + AttentionTile.MostRows - 1) / AttentionTile.MostRows;

    /// <summary>Blocks that the last token sees.</summary>
    public int Blocks => (FirstPosition + Queries.Count + AttentionTile.BlockTokens - 1) / AttentionTile.BlockTokens;

    public float* Query(int head, int row) => Queries.Row(row / PerHead) + Column(head, row);

    public float* Output(int head, int row) => Result.Row(row / PerHead) + Column(head, row);

    /// <summary>Positions that a row sees.</summary>
    public int Visible(int row) => FirstPosition + row / PerHead + 1;

    private int Column(int head, int row) => (head * PerHead + row % PerHead) * HeadDim;
}
