using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using NemotronSharp.Numerics;
using NemotronSharp.State;

namespace NemotronSharp.Kernels;

/// <summary>Sizes of attention's parts, the same for every shape.</summary>
internal static class AttentionTile
{
    /// <summary>Query rows that share the loads of keys and values, at most.</summary>
    public const int MostRows = 16;

    /// <summary>Positions of a block, at fixed absolute places: what one softmax goes over before it is merged with those before.</summary>
    public const int BlockTokens = 512;

    /// <summary>From a row's scores to the next's. A multiple of a page would put all rows into the same few sets of the first-level cache.</summary>
    public const int ScoreStride = BlockTokens + Lanes.Width;
}

/// <summary>
/// Up to sixteen query rows of one key/value head (query heads of a token, then those of the next) on their way over the blocks of 512 positions. A row's result of a block, and
/// the merging in the blocks' order, are the same operations whatever the tile, and whether one thread walks over all blocks or several share them.
/// </summary>
internal readonly unsafe struct AttentionTile<TShape, TFormat> where TShape : struct, IRowShape where TFormat : struct, IWeightFormat
{
    private const int Group = KeyValueCache.GroupTokens, Stride = AttentionTile.ScoreStride;

    private readonly AttentionStep _step;
    private readonly int _head, _firstRow, _rows;

    public AttentionTile(in AttentionStep step, int head, int tile)
    {
        (_step, _head, _firstRow) = (step, head, tile * AttentionTile.MostRows);
        _rows = Math.Min(AttentionTile.MostRows, step.RowsPerHead - _firstRow);
    }

    private int Last => _firstRow + _rows - 1;

    /// <summary>The whole result, block after block.</summary>
    [SkipLocalsInit]
    public void Walk()
    {
        var length = AttentionPartial.Length(TShape.Rows, _step.HeadDim);
        var memory = Aligned(stackalloc byte[ScratchBytes(_step.HeadDim) + 2 * length * sizeof(float)]);
        AttentionPartial all = new(memory, TShape.Rows, _step.HeadDim), one = new(memory + length, TShape.Rows, _step.HeadDim);
        var scratch = memory + 2 * length;
        Pack(scratch);
        all.Clear();
        for (var block = 0; block * AttentionTile.BlockTokens < _step.Visible(Last); block++)
        {
            Block(block, scratch, one);
            Merge(all, one, block);
        }

        Finish(all);
    }

    /// <summary>What the tile's rows see of one block, for <see cref="Join"/>.</summary>
    [SkipLocalsInit]
    public void Block(int block, float* result)
    {
        if (block * AttentionTile.BlockTokens >= _step.Visible(Last)) return;
        var scratch = Aligned(stackalloc byte[ScratchBytes(_step.HeadDim)]);
        Pack(scratch);
        Block(block, scratch, new(result, TShape.Rows, _step.HeadDim));
    }

    /// <summary>The whole result from those of all blocks, <paramref name="stride"/> values apart.</summary>
    [SkipLocalsInit]
    public void Join(float* blocks, int stride)
    {
        var memory = Aligned(stackalloc byte[AttentionPartial.Length(TShape.Rows, _step.HeadDim) * sizeof(float) + 64]);
        var all = new AttentionPartial(memory, TShape.Rows, _step.HeadDim);
        all.Clear();
        for (var block = 0; block * AttentionTile.BlockTokens < _step.Visible(Last); block++)
            Merge(all, new(blocks + (long)block * stride, TShape.Rows, _step.HeadDim), block);
        Finish(all);
    }

    private static int ScratchBytes(int headDim) => (TShape.Rows * (headDim + Stride)) * sizeof(float) + 2 * 64;

    private static float* Aligned(Span<byte> memory) => (float*)(((nint)Unsafe.AsPointer(ref memory[0]) + 63) & ~(nint)63);

    // Queries as [d, R], in units in which a weight is 2^score. Rows that the shape has and the tile has not are zeros.
    private void Pack(float* queries)
    {
        var unit = MathF.Log2(MathF.E) / MathF.Sqrt(_step.HeadDim) * _step.Scales.Key;
        for (var j = 0; j < TShape.Rows; j++)
        {
            var query = j < _rows ? _step.Query(_head, _firstRow + j) : null;
            for (var i = 0; i < _step.HeadDim; i++) queries[i * TShape.Rows + j] = query is null ? 0 : query[i] * unit;
        }
    }

    // Positions of a block that a row sees, 0 to 512.
    private int Seen(int row, int block) => Math.Clamp(_step.Visible(_firstRow + row) - block * AttentionTile.BlockTokens, 0, AttentionTile.BlockTokens);

    // Of the group that begins at a position.
    private byte* Keys(int position) => _step.Cache.Keys(position / KeyValueCache.PageTokens, _head) + Within(position);

    private byte* Values(int position) => _step.Cache.Values(position / KeyValueCache.PageTokens, _head) + Within(position);

    private long Within(int position) => (long)(position % KeyValueCache.PageTokens) * _step.HeadDim * TFormat.BlockBytes;

    private void Block(int block, float* queries, AttentionPartial result)
    {
        var d = _step.HeadDim;
        var scores = (float*)(((nint)(queries + TShape.Rows * d) + 63) & ~(nint)63);
        var (before, count) = (block * AttentionTile.BlockTokens, Seen(_rows - 1, block));
        for (var s = 0; s < count; s += Group)
        {
            var next = s + Group < count ? Keys(before + s + Group) : Values(before);
            AttentionProducts<TShape, TFormat>.Score(queries, Keys(before + s), d, Math.Min(Group, count - s + Lanes.Width - 1) / Lanes.Width, scores + s, next);
        }

        result.Clear();
        for (var j = 0; j < _rows; j++) Weigh(scores + j * Stride, Seen(j, block), out result.Max[j], out result.Total[j]);

        // What all rows see is mixed for all, what only the later tokens' rows see for each alone: a product with a weight of 0 would not be nothing where a value is infinite.
        var common = Seen(0, block);
        for (var s = 0; s < count; s += Group)
        {
            var values = Values(before + s);
            var next = s + Group < count ? Values(before + s + Group) : before + AttentionTile.BlockTokens < _step.Visible(Last) ? Keys(before + AttentionTile.BlockTokens) : values;
            var shared = Math.Clamp(common - s, 0, Group);
            if (shared > 0) AttentionProducts<TShape, TFormat>.Mix(scores + s, values, d, shared, result.Sums(0), result.Width, next);
            for (var j = 0; j < _rows; j++)
            {
                var own = Math.Min(Group, Seen(j, block) - s);
                if (own > shared) AttentionProducts<OneRow, TFormat>.Mix(scores + j * Stride + s + shared, values + (long)shared * d * TFormat.BlockBytes, d, own - shared, result.Sums(j), result.Width, values);
            }
        }
    }

    // Turns a row's first scores into weights 2^(score − max).
    private static void Weigh(float* scores, int count, out float max, out float total)
    {
        (max, total) = (float.MinValue, 0);
        if (count == 0) return;
        var whole = count & ~(Lanes.Width - 1);
        if (whole < count)
        {
            var seen = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count - whole)).AsSingle();
            Vector512.ConditionalSelect(seen, Vector512.Load(scores + whole), Vector512.Create(float.NegativeInfinity)).Store(scores + whole);
        }

        var highest = Vector512.Create(float.MinValue);
        for (var s = 0; s < count; s += Lanes.Width) highest = Lanes.Larger(Vector512.Load(scores + s), highest);
        max = Lanes.Max(highest);
        var (top, sum) = (Vector512.Create(max), Vector512<float>.Zero);
        for (var s = 0; s < count; s += Lanes.Width)
        {
            var weight = Lanes.Exp2(Vector512.Load(scores + s) - top);
            weight.Store(scores + s);
            sum += weight;
        }

        total = Lanes.Sum(sum);
    }

    private void Merge(in AttentionPartial all, in AttentionPartial one, int block)
    {
        Span<bool> seen = stackalloc bool[_rows];
        for (var j = 0; j < _rows; j++) seen[j] = Seen(j, block) > 0;
        all.Merge(one, seen);
    }

    private void Finish(in AttentionPartial all)
    {
        for (var j = 0; j < _rows; j++)
        {
            Lanes.Scale(all.Sums(j), 1f / all.Total[j] * _step.Scales.Value, _step.HeadDim);
            new ReadOnlySpan<float>(all.Sums(j), _step.HeadDim).CopyTo(new Span<float>(_step.Output(_head, _firstRow + j), _step.HeadDim));
        }
    }
}
