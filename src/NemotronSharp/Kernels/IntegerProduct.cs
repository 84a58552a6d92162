using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using NemotronSharp.Kernels.Jit;
using NemotronSharp.Numerics;

namespace NemotronSharp.Kernels;

/// <summary>
/// Rows of a product in whole numbers: w = sw·(code − zero) and x = sx·q in groups of sixteen, so that
/// y = scale · Σ_groups sw·(sx·Σ (code − zero)·q). The inner sum is exact; the outer one is sixteen running float32 sums, group g to sum g mod 16, then
/// their one fixed sum. The bits are the same in every kernel, for any number of tokens.
/// </summary>
internal static unsafe class IntegerProduct
{
    /// <summary>Rows worked on at once, whole tiles.</summary>
    public const int PanelRows = 48;

    /// <summary>Tokens up to which weights are multiplied as soon as they are decoded.</summary>
    public const int DirectTokens = 4;

    // Chunks of a tile's activations that stay in the first-level cache beside its weights.
    private const int ChunksAtOnce = 8;

    // An unpacked panel stays in the second-level cache.
    private const int MostPanelBytes = 3 << 18;

    private const int SumsLength = PanelRows * Panel.TileTokens * Lanes.Width;

    [ThreadStatic]
    private static NativeBuffer? _memory;

    /// <summary>Whether a matrix's format has codes.</summary>
    public static bool Applies(WeightMatrix w) => w.Type is TensorType.NVFP4 or TensorType.Q4_0 or TensorType.Q8_0;

    /// <summary>Packs one token's activations for a matrix.</summary>
    public static void Pack(WeightMatrix w, PackedLayout layout, ActivationPrecision precision, AssembledProduct? assembled, float* x, byte* packed)
    {
        var most = PackedActivations.Largest(precision);
        if (assembled is null) PackedActivations.PackPlain(x, w.Columns, most, packed);
        else PackedActivations.Pack(x, w.Columns, layout, most, assembled.Decoder, packed);
    }

    /// <summary>Rows [begin, end) of y from packed activations.</summary>
    public static void Apply(in Product product, AssembledProduct? assembled, in PackedRows packed, int begin, int end)
    {
        if (assembled is null)
        {
            CodedFormats.Visit(product.Weights, new Portable(product, packed, begin, end));
            return;
        }

        if (product.Count <= DirectTokens)
        {
            for (; begin < end; begin += PanelRows) Direct(product, assembled, packed, begin, Math.Min(PanelRows, end - begin));
            return;
        }

        var rows = Math.Clamp(MostPanelBytes / assembled.Panel.RowBytes(product.Weights.Columns) / Panel.TileRows * Panel.TileRows, Panel.TileRows, PanelRows);
        for (; begin < end; begin += rows) Tiles(product, assembled, packed, begin, Math.Min(rows, end - begin));
    }

    private static void Direct(in Product product, AssembledProduct assembled, in PackedRows packed, int begin, int rows)
    {
        var sums = ThreadMemory(SumsLength);
        var first = product.Weights.Row(begin);
        var call = Call(product, packed, 0, product.Count, 0);
        call.Weights = first.Data;
        call.Scales = first.Scales;
        call.Rows = rows;
        call.Target = sums;
        assembled.Rows(&call, product.Count);
        LaneSums.Store(sums, rows, product.Count, product.Weights.Scale, product.Y, 0, begin);
    }

    private static void Tiles(in Product product, AssembledProduct assembled, in PackedRows packed, int begin, int rows)
    {
        int columns = product.Weights.Columns, chunks = PackedLayout.Chunks(columns), rowBytes = assembled.Panel.RowBytes(columns);
        // Blocks of equal length.
        var block = (chunks + (chunks + ChunksAtOnce - 1) / ChunksAtOnce - 1) / ((chunks + ChunksAtOnce - 1) / ChunksAtOnce);
        var sums = ThreadMemory(SumsLength + (long)PanelRows * rowBytes / sizeof(float));
        var panel = (byte*)(sums + SumsLength);
        var first = product.Weights.Row(begin);
        var unpack = new KernelCall { Weights = first.Data, Scales = first.Scales, Rows = rows, Target = panel };
        assembled.Unpack(&unpack);

        // The last tile may have rows of an earlier panel behind its own; nobody looks at their sums.
        var tiles = (rows + Panel.TileRows - 1) / Panel.TileRows;
        for (var t = 0; t < product.Count; t += Panel.TileTokens)
        {
            var tokens = Math.Min(Panel.TileTokens, product.Count - t);
            new Span<float>(sums, SumsLength).Clear();
            for (var chunk = 0; chunk < chunks; chunk += block)
            {
                var call = Call(product, packed, t, tokens, chunk);
                call.Weights = panel + (long)chunk * assembled.Panel.ChunkBytes;
                call.Rows = tiles;
                call.RowBytes = rowBytes;
                call.Target = sums;
                call.XBytes = Math.Min(block, chunks - chunk) * (nint)packed.ChunkBytes;
                assembled.PanelProduct(&call, tokens);
            }
            LaneSums.Store(sums, rows, tokens, product.Weights.Scale, product.Y, t, begin);
        }
    }

    private static KernelCall Call(in Product product, in PackedRows packed, int t, int tokens, int chunk)
    {
        var at = (nint)chunk * packed.ChunkBytes;
        return new KernelCall
        {
            X0 = packed.Row(product.Row(t)) + at,
            X1 = tokens > 1 ? packed.Row(product.Row(t + 1)) + at : null,
            X2 = tokens > 2 ? packed.Row(product.Row(t + 2)) + at : null,
            X3 = tokens > 3 ? packed.Row(product.Row(t + 3)) + at : null,
        };
    }

    private static float* ThreadMemory(long length)
    {
        if (_memory is null || _memory.Length < length)
        {
            _memory?.Dispose();
            _memory = new NativeBuffer(length);
        }
        return _memory.Data;
    }

    private readonly struct Portable(Product product, PackedRows packed, int begin, int end) : ICodedFormatVisitor
    {
        public void Visit<TFormat>() where TFormat : ICodedFormat
        {
            for (var r = begin; r < end; r++)
                for (var t = 0; t < product.Count; t++)
                    product.Y.Row(t)[r] = Dot<TFormat>(product.Weights.Row(r), packed.Row(product.Row(t)), product.Weights.Columns) * product.Weights.Scale;
        }

        private static float Dot<TFormat>(WeightRow row, byte* x, int columns) where TFormat : ICodedFormat
        {
            var sum = Vector512<float>.Zero;
            var plain = new PackedLayout(PackedForm.Plain);
            int* products = stackalloc int[PackedLayout.Lanes];
            float* scales = stackalloc float[PackedLayout.Lanes];
            for (var k = 0; k < columns; k += PackedLayout.ChunkValues, x += plain.ChunkBytes)
            {
                for (var lane = 0; lane < PackedLayout.Lanes; lane++)
                {
                    var at = k + lane * PackedLayout.Group;
                    var inside = at < columns;
                    products[lane] = inside ? Products(TFormat.Codes16(row, at), TFormat.Zero, (short*)x + lane * PackedLayout.Group) : 0;
                    scales[lane] = inside ? TFormat.Scale16(row, at) : 0f;
                }
                var known = Vector512.LessThan(Vector512.Create(k) + Vector512<int>.Indices * PackedLayout.Group, Vector512.Create(columns)).AsSingle();
                var factors = Vector512.Load((float*)(x + plain.Scale)) & known;
                sum = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(Vector512.Load(products)) * factors, Vector512.Load(scales), sum);
            }
            return Lanes.Sum(sum);
        }

        // Σ (code − zero)·q over sixteen: below 2^31.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static int Products(Vector128<byte> codes, int zero, short* q)
        {
            var (lower, upper) = Vector128.Widen(codes);
            Vector128<short> a = lower.AsInt16() - Vector128.Create((short)zero), b = upper.AsInt16() - Vector128.Create((short)zero);
            Vector128<short> p = Vector128.Load(q), r = Vector128.Load(q + 8);
            if (Sse2.IsSupported) return Vector128.Sum(Sse2.MultiplyAddAdjacent(a, p) + Sse2.MultiplyAddAdjacent(b, r));
            return Vector128.Sum(Vector128.WidenLower(a) * Vector128.WidenLower(p) + Vector128.WidenUpper(a) * Vector128.WidenUpper(p)
                + Vector128.WidenLower(b) * Vector128.WidenLower(r) + Vector128.WidenUpper(b) * Vector128.WidenUpper(r));
        }
    }
}
