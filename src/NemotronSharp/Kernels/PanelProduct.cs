using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using NemotronSharp.Kernels.Jit;
using NemotronSharp.Numerics;

namespace NemotronSharp.Kernels;

/// <summary>
/// Products of many tokens: a panel of rows is widened once and stays in the second-level cache while the tokens pass in blocks; a tile's weights of one chunk stay in the
/// first-level cache while a block's activations stream by. The sums are those of <see cref="SinglePrecisionProduct"/>.
/// </summary>
internal static unsafe class PanelProduct
{
    /// <summary>Rows of a panel: whole tiles.</summary>
    public const int PanelRows = 48;

    private const int BlockTokens = 32;

    /// <summary>Floats of the packed activations of a product.</summary>
    public static long PackedLength(in Product product) => (long)ColumnChunk.Sixteens(product.Weights.Columns) * Lanes.Width * product.Count;

    /// <summary>Packs the activations of four tokens, or of those that are left: [chunk][tile of four tokens][sixteen][token][16].</summary>
    public static void Pack(in Product product, float* packed, int tile)
    {
        int columns = product.Weights.Columns, first = tile * RegisterTile.Tokens, tokens = Math.Min(RegisterTile.Tokens, product.Count - first);
        for (var chunk = ColumnChunk.First(columns); !chunk.IsEnd; chunk = chunk.Next())
        {
            var target = packed + ((long)chunk.Before * product.Count + (long)first * chunk.Count) * Lanes.Width;
            for (var i = 0; i < chunk.Count; i++)
            {
                var k = chunk.Column(i);
                for (var t = 0; t < tokens; t++, target += Lanes.Width)
                {
                    var source = product.Input(first + t) + k;
                    (columns - k >= Lanes.Width ? Vector512.Load(source) : Lanes.LoadTail(source, columns - k)).Store(target);
                }
            }
        }
    }

    /// <summary>Rows [begin, end) of y.</summary>
    public static void Apply<TFormat>(in Product product, float* packed, int begin, int end) where TFormat : IWeightFormat
    {
        var w = product.Weights;
        var sumsLength = PanelRows * BlockTokens * Lanes.Width;
        var sums = ThreadMemory.Take(sumsLength + (long)PanelRows * ColumnChunk.Sixteens(w.Columns) * Lanes.Width);
        var panel = sums + sumsLength;
        for (; begin < end; begin += PanelRows)
        {
            var rows = Math.Min(PanelRows, end - begin);
            for (var r = 0; r < rows; r++) Widen<TFormat>(w.Row(begin + r), w.Columns, panel, r);
            for (var t = 0; t < product.Count; t += BlockTokens) Block(product, packed, panel, sums, begin, rows, t, Math.Min(BlockTokens, product.Count - t));
        }
    }

    // [chunk][tile of six rows][sixteen][row][16].
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Widen<TFormat>(WeightRow row, int columns, float* panel, int r) where TFormat : IWeightFormat
    {
        const int step = RegisterTile.Rows * Lanes.Width;
        int tile = r / RegisterTile.Rows, within = r % RegisterTile.Rows * Lanes.Width;
        for (var chunk = ColumnChunk.First(columns); !chunk.IsEnd;)
        {
            var k = chunk.Column(0);
            var last = Math.Min(columns, k + SinglePrecisionProduct.StretchColumns);
            var a = Target(ref chunk, panel, tile) + within;
            var b = Target(ref chunk, panel, tile) + within;
            var c = Target(ref chunk, panel, tile) + within;
            var d = Target(ref chunk, panel, tile) + within;
            for (; k <= last - 64; k += 64, a += step, b += step, c += step, d += step)
            {
                var weights = TFormat.Load64<TFormat>(row, k);
                weights.A.Store(a);
                weights.B.Store(b);
                weights.C.Store(c);
                weights.D.Store(d);
            }
            if (k == last) continue;
            var tail = Weights64.Tail<TFormat>(row, k, columns);
            tail.A.Store(a);
            if (k + 16 < last) tail.B.Store(b);
            if (k + 32 < last) tail.C.Store(c);
            if (k + 48 < last) tail.D.Store(d);
        }
    }

    private static float* Target(ref ColumnChunk chunk, float* panel, int tile)
    {
        var target = panel + ((long)chunk.Before * PanelRows + tile * RegisterTile.Rows * chunk.Count) * Lanes.Width;
        chunk = chunk.Next();
        return target;
    }

    // The last tile may have rows of an earlier panel behind its own; nobody looks at their sums.
    private static void Block(in Product product, float* packed, float* panel, float* sums, int begin, int rows, int first, int tokens)
    {
        for (var chunk = ColumnChunk.First(product.Weights.Columns); !chunk.IsEnd; chunk = chunk.Next())
        {
            var w = panel + (long)chunk.Before * PanelRows * Lanes.Width;
            var x = packed + ((long)chunk.Before * product.Count + (long)first * chunk.Count) * Lanes.Width;
            for (var r = 0; r < rows; r += RegisterTile.Rows, w += RegisterTile.Rows * chunk.Count * Lanes.Width)
                for (var t = 0; t < tokens; t += RegisterTile.Tokens)
                {
                    var count = Math.Min(RegisterTile.Tokens, tokens - t);
                    Tile(count, w, x + t * chunk.Count * Lanes.Width, chunk.Count, sums + (t * PanelRows + r * count) * Lanes.Width, chunk.IsFirst);
                }
        }

        for (var t = 0; t < tokens; t += RegisterTile.Tokens) Store(sums + t * PanelRows * Lanes.Width, rows, Math.Min(RegisterTile.Tokens, tokens - t), product, first + t, begin);
    }

    private static void Tile(int tokens, float* w, float* x, int count, float* totals, bool isFirst)
    {
        switch (tokens)
        {
            case 1: RegisterTile.Add<OneToken>(w, x, count, totals, isFirst); break;
            case 2: RegisterTile.Add<TwoTokens>(w, x, count, totals, isFirst); break;
            case 3: RegisterTile.Add<ThreeTokens>(w, x, count, totals, isFirst); break;
            default: RegisterTile.Add<FourTokens>(w, x, count, totals, isFirst); break;
        }
    }

    private static void Store(float* sums, int rows, int tokens, in Product product, int first, int column)
    {
        if (Avx512F.IsSupported)
        {
            LaneSums.Store(sums, rows, tokens, product.Weights.Scale, product.Y, first, column);
            return;
        }
        for (var r = 0; r < rows; r++)
            for (var t = 0; t < tokens; t++, sums += Lanes.Width) product.Y.Row(first + t)[column + r] = Lanes.Sum(Vector512.Load(sums)) * product.Weights.Scale;
    }
}
