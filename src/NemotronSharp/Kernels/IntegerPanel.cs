using NemotronSharp.Kernels.Jit;
using NemotronSharp.Numerics;

namespace NemotronSharp.Kernels;

/// <summary>
/// Products in whole numbers of many tokens. Some chunks of a tile of rows are unpacked into the first-level cache, where they stay while a block of tokens passes; the tokens' activations
/// of these chunks, and their sums, stay in the second-level cache while the next tiles of rows are unpacked. The sums are those of <see cref="IntegerProduct"/>.
/// </summary>
internal static unsafe class IntegerPanel
{
    private const int BlockTokens = 64, ChunksAtOnce = 4;

    // From the sums of a tile of tokens to those of the next: [tile, row, token, 16].
    private const int TileSums = IntegerProduct.RowsAtOnce * Panel.TileTokens * Lanes.Width;
    private const int Sums = BlockTokens / Panel.TileTokens * TileSums;

    /// <summary>Some rows of y, at most <see cref="IntegerProduct.RowsAtOnce"/>.</summary>
    public static void Apply(in Product product, AssembledProduct assembled, in PackedRows packed, int begin, int rows)
    {
        var chunks = PackedLayout.Chunks(product.Weights.Columns);
        var sums = ThreadMemory.Take(Sums + Panel.TileRows * ChunksAtOnce * assembled.Panel.ChunkBytes / sizeof(float));
        var panel = (byte*)(sums + Sums);
        var x = stackalloc byte*[BlockTokens];
        KernelCall unpack = new() { Target = panel }, multiply = new() { Weights = panel, SumBytes = TileSums * sizeof(float) };

        // While these rows are multiplied, the weights of the next come into the second-level cache.
        var ahead = new Stretch(product.Weights.Row(begin + rows).Data, rows * product.Weights.RowBytes);
        for (var t = 0; t < product.Count; t += BlockTokens)
        {
            var tokens = Math.Min(BlockTokens, product.Count - t);
            for (var i = 0; i < tokens; i++) x[i] = packed.Row(product.Row(t + i));
            for (var chunk = 0; chunk < chunks; chunk += ChunksAtOnce)
            {
                var count = Math.Min(ChunksAtOnce, chunks - chunk);
                multiply.RowBytes = count * assembled.Panel.ChunkBytes;
                multiply.XAt = chunk * packed.ChunkBytes;
                multiply.XBytes = count * packed.ChunkBytes;
                multiply.Begins = chunk == 0 ? 0 : -1;
                for (var r = 0; r < rows; r += Panel.TileRows)
                {
                    // The last tile may have rows of an earlier one behind its own; nobody looks at their sums.
                    unpack.Rows = Math.Min(Panel.TileRows, rows - r);
                    Unpack(product.Weights, assembled, &unpack, begin + r, chunk, count);

                    // Whole tiles of tokens, then what is left of them.
                    int tiles = tokens / Panel.TileTokens, left = tokens % Panel.TileTokens;
                    if (tiles > 0) Multiply(assembled, &multiply, x, tiles, Panel.TileTokens, sums, r, count, ref ahead);
                    if (left > 0) Multiply(assembled, &multiply, x + tiles * Panel.TileTokens, 1, left, sums + tiles * TileSums, r, count, ref ahead);
                }
            }
            for (var i = 0; i < tokens; i += Panel.TileTokens)
                LaneSums.Store(sums + i / Panel.TileTokens * TileSums, rows, Math.Min(Panel.TileTokens, tokens - i), product.Weights.Scale, product.Y, t + i, begin);
        }
    }

    private static void Unpack(WeightMatrix w, AssembledProduct assembled, KernelCall* call, int begin, int chunk, int count)
    {
        var row = w.Row(begin);
        var whole = w.Columns / PackedLayout.ChunkValues - chunk;
        call->Weights = row.Data + (long)chunk * assembled.Decoder.Bytes(PackedLayout.Lanes);
        call->Scales = row.Scales is null ? null : row.Scales + (long)chunk * PackedLayout.Lanes;
        call->Chunks = Math.Min(count, whole);
        call->HasEnd = count > whole ? 1 : 0;
        assembled.Unpack(call);
    }

    private static void Multiply(AssembledProduct assembled, KernelCall* call, byte** x, int tiles, int tokens, float* sums, int row, int count, ref Stretch ahead)
    {
        call->X = x;
        call->Tiles = tiles;
        call->Target = sums + row * tokens * Lanes.Width;
        call->Ahead = ahead.Data;
        call->AheadBytes = ahead.Bytes > 0 ? Panel.BytesAhead : 0;
        assembled.PanelProduct(call, tokens);
        ahead = ahead.After((long)call->AheadBytes * count * tiles);
    }

    private readonly struct Stretch(byte* data, long bytes)
    {
        public readonly byte* Data = data;
        public readonly long Bytes = bytes;

        public Stretch After(long bytes) => new(Data + bytes, Bytes - bytes);
    }
}
