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
    /// <summary>Rows worked on at once.</summary>
    public const int RowsAtOnce = 48;

    /// <summary>Tokens up to which weights are multiplied as soon as they are decoded.</summary>
    public const int DirectTokens = 4;

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

        for (; begin < end; begin += RowsAtOnce)
        {
            var rows = Math.Min(RowsAtOnce, end - begin);
            if (product.Count <= DirectTokens) Direct(product, assembled, packed, begin, rows);
            else IntegerPanel.Apply(product, assembled, packed, begin, rows);
        }
    }

    private static void Direct(in Product product, AssembledProduct assembled, in PackedRows packed, int begin, int rows)
    {
        var sums = ThreadMemory.Take(RowsAtOnce * DirectTokens * Lanes.Width);
        var first = product.Weights.Row(begin);
        var x = stackalloc byte*[DirectTokens];
        for (var t = 0; t < product.Count; t++) x[t] = packed.Row(product.Row(t));
        var call = new KernelCall { Weights = first.Data, Scales = first.Scales, Rows = rows, X = x, Target = sums };
        assembled.Rows(&call, product.Count);
        LaneSums.Store(sums, rows, product.Count, product.Weights.Scale, product.Y, 0, begin);
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
