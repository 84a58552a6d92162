using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using NemotronSharp.Numerics;

namespace NemotronSharp.Kernels;

/// <summary>
/// Products of one to four tokens: weights are read once, row by row, in the order in which they lie, and widen in registers. The sums are those of <see cref="SinglePrecisionProduct"/>.
/// </summary>
internal static unsafe class MatrixVector
{
    private const int Step = SinglePrecisionProduct.Chains * Lanes.Width;

    /// <summary>Rows [begin, end) of y.</summary>
    public static void Apply<TFormat>(in Product product, int begin, int end) where TFormat : IWeightFormat
    {
        switch (product.Count)
        {
            case 1: Rows<TFormat, OneToken>(product, begin, end); break;
            case 2: Rows<TFormat, TwoTokens>(product, begin, end); break;
            case 3: Rows<TFormat, ThreeTokens>(product, begin, end); break;
            case 4: Rows<TFormat, FourTokens>(product, begin, end); break;
            default: throw new ArgumentException($"found {product.Count} tokens, expected 1 to 4", nameof(product));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows<TFormat, TCount>(in Product product, int begin, int end)
        where TFormat : IWeightFormat
        where TCount : ITokenCount
    {
        var w = product.Weights;
        int columns = w.Columns, whole = columns & -Step;
        float* x0 = product.Input(0), x1 = TCount.Count > 1 ? product.Input(1) : x0, x2 = TCount.Count > 2 ? product.Input(2) : x0, x3 = TCount.Count > 3 ? product.Input(3) : x0;
        var tails = stackalloc float[TCount.Count * Step];
        for (var t = 0; t < TCount.Count; t++) Unsafe.CopyBlockUnaligned(tails + t * Step, product.Input(t) + whole, (uint)((columns - whole) * sizeof(float)));
        for (var r = begin; r < end; r++)
        {
            var row = w.Row(r);
            Vector512<float> y0 = default, y1 = default, y2 = default, y3 = default;
            for (int k = 0, stretch; k < columns; k = stretch)
            {
                stretch = Math.Min(columns, k + SinglePrecisionProduct.StretchColumns);
                Sums s0 = default, s1 = default, s2 = default, s3 = default;
                for (var last = Math.Min(whole, stretch); k < last; k += Step)
                {
                    var weights = TFormat.Load64<TFormat>(row, k);
                    s0.Add(weights, x0 + k);
                    if (TCount.Count > 1) s1.Add(weights, x1 + k);
                    if (TCount.Count > 2) s2.Add(weights, x2 + k);
                    if (TCount.Count > 3) s3.Add(weights, x3 + k);
                }
                if (k < stretch)
                {
                    var weights = Weights64.Tail<TFormat>(row, k, columns);
                    s0.Add(weights, tails);
                    if (TCount.Count > 1) s1.Add(weights, tails + Step);
                    if (TCount.Count > 2) s2.Add(weights, tails + 2 * Step);
                    if (TCount.Count > 3) s3.Add(weights, tails + 3 * Step);
                }
                y0 = s0.AddedTo(y0);
                if (TCount.Count > 1) y1 = s1.AddedTo(y1);
                if (TCount.Count > 2) y2 = s2.AddedTo(y2);
                if (TCount.Count > 3) y3 = s3.AddedTo(y3);
            }
            product.Y.Row(0)[r] = Lanes.Sum(y0) * w.Scale;
            if (TCount.Count > 1) product.Y.Row(1)[r] = Lanes.Sum(y1) * w.Scale;
            if (TCount.Count > 2) product.Y.Row(2)[r] = Lanes.Sum(y2) * w.Scale;
            if (TCount.Count > 3) product.Y.Row(3)[r] = Lanes.Sum(y3) * w.Scale;
        }
    }

    // Four chains of a token.
    private struct Sums
    {
        private Vector512<float> _a, _b, _c, _d;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(Weights64 w, float* x)
        {
            _a = Vector512.FusedMultiplyAdd(w.A, Vector512.Load(x), _a);
            _b = Vector512.FusedMultiplyAdd(w.B, Vector512.Load(x + 16), _b);
            _c = Vector512.FusedMultiplyAdd(w.C, Vector512.Load(x + 32), _c);
            _d = Vector512.FusedMultiplyAdd(w.D, Vector512.Load(x + 48), _d);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly Vector512<float> AddedTo(Vector512<float> total) => total + _a + _b + _c + _d;
    }
}
