using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using NemotronSharp.Numerics;
using static NemotronSharp.Kernels.Prefetching;

namespace NemotronSharp.Kernels;

/// <summary>
/// Products of one to four tokens: weights are read once, row by row, in the order in which they lie, and widen in registers. The sums are those of <see cref="SinglePrecisionProduct"/>.
/// </summary>
internal static unsafe class MatrixVector
{
    private const int W = Lanes.Width, Step = SinglePrecisionProduct.Chains * W;

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

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Rows<TFormat, TCount>(in Product product, int begin, int end)
        where TFormat : IWeightFormat
        where TCount : ITokenCount
    {
        var w = product.Weights;
        int columns = w.Columns, whole = columns & -Step;
        var x = new Inputs(product);
        var tails = stackalloc float[TCount.Count * Step];
        for (var t = 0; t < TCount.Count; t++) Unsafe.CopyBlockUnaligned(tails + t * Step, product.Input(t) + whole, (uint)((columns - whole) * sizeof(float)));
        var sums = stackalloc float[TCount.Count * Step];
        var totals = stackalloc Vector512<float>[TCount.Count];
        for (var r = begin; r < end; r++)
        {
            var row = w.Row(r);
            for (var t = 0; t < TCount.Count; t++) totals[t] = default;
            for (int k = 0, stretch; k < columns; k = stretch)
            {
                stretch = Math.Min(columns, k + SinglePrecisionProduct.StretchColumns);
                Chains<TFormat, TCount>(row, x, k, Math.Min(whole, stretch), sums);
                if (stretch > whole) AddTail<TFormat>(row, whole, columns, tails, sums, TCount.Count);
                for (var t = 0; t < TCount.Count; t++) totals[t] = Total(totals[t], sums + t * Step);
            }
            for (var t = 0; t < TCount.Count; t++) product.Y.Row(t)[r] = Lanes.Sum(totals[t]) * w.Scale;
        }
    }

    // sums[token, chain, 16] of columns [k, end), both multiples of 64. Apart from what surrounds it, so that all of it stays in registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Chains<TFormat, TCount>(WeightRow row, in Inputs x, int k, int end, float* sums)
        where TFormat : IWeightFormat
        where TCount : ITokenCount
    {
        float* x0 = x.First, x1 = x.Second, x2 = x.Third, x3 = x.Fourth;
        Sums s0 = default, s1 = default, s2 = default, s3 = default;
        for (; k < end; k += Step)
        {
            if (Sse.IsSupported && TFormat.BlockBytes <= sizeof(float)) AskAhead<TFormat>(row.Data + (long)k * TFormat.BlockBytes);
            var weights = TFormat.Load64<TFormat>(row, k);
            s0.Add(weights, x0 + k);
            if (TCount.Count > 1) s1.Add(weights, x1 + k);
            if (TCount.Count > 2) s2.Add(weights, x2 + k);
            if (TCount.Count > 3) s3.Add(weights, x3 + k);
        }
        s0.Store(sums);
        if (TCount.Count > 1) s1.Store(sums + Step);
        if (TCount.Count > 2) s2.Store(sums + 2 * Step);
        if (TCount.Count > 3) s3.Store(sums + 3 * Step);
    }

    // The lines of sixty-four weights of a type without blocks.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AskAhead<TFormat>(byte* first) where TFormat : IWeightFormat
    {
        AskAhead(first);
        if (TFormat.BlockBytes > 1) AskAhead(first + LineBytes);
        if (TFormat.BlockBytes > 2) AskAhead(first + 2 * LineBytes);
        if (TFormat.BlockBytes > 2) AskAhead(first + 3 * LineBytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AskAhead(byte* line)
    {
        Sse.Prefetch1(line + FarBytes);
        Sse.Prefetch0(line + NearBytes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddTail<TFormat>(WeightRow row, int k, int columns, float* tails, float* sums, int tokens) where TFormat : IWeightFormat
    {
        var weights = Weights64.Tail<TFormat>(row, k, columns);
        for (var t = 0; t < tokens; t++, tails += Step, sums += Step)
        {
            var s = Sums.Load(sums);
            s.Add(weights, tails);
            s.Store(sums);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Total(Vector512<float> total, float* chains) =>
        total + Vector512.Load(chains) + Vector512.Load(chains + W) + Vector512.Load(chains + 2 * W) + Vector512.Load(chains + 3 * W);

    private readonly struct Inputs(in Product product)
    {
        public readonly float* First = product.Input(0);
        public readonly float* Second = product.Count > 1 ? product.Input(1) : null;
        public readonly float* Third = product.Count > 2 ? product.Input(2) : null;
        public readonly float* Fourth = product.Count > 3 ? product.Input(3) : null;
    }

    // Four chains of a token.
    private struct Sums
    {
        private Vector512<float> _a, _b, _c, _d;

        public static Sums Load(float* source) => new() { _a = Vector512.Load(source), _b = Vector512.Load(source + W), _c = Vector512.Load(source + 2 * W), _d = Vector512.Load(source + 3 * W) };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(Weights64 w, float* x)
        {
            _a = Vector512.FusedMultiplyAdd(w.A, Vector512.Load(x), _a);
            _b = Vector512.FusedMultiplyAdd(w.B, Vector512.Load(x + W), _b);
            _c = Vector512.FusedMultiplyAdd(w.C, Vector512.Load(x + 2 * W), _c);
            _d = Vector512.FusedMultiplyAdd(w.D, Vector512.Load(x + 3 * W), _d);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store(float* target)
        {
            _a.Store(target);
            _b.Store(target + W);
            _c.Store(target + 2 * W);
            _d.Store(target + 3 * W);
        }
    }
}
