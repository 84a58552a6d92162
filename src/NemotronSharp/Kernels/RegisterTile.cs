using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NemotronSharp.Kernels;

/// <summary>Six rows by one to four tokens: up to 24 accumulators in registers, ten loads for 24 multiply-adds.</summary>
internal static unsafe class RegisterTile
{
    public const int Rows = 6, Tokens = 4;

    private const int W = Lanes.Width;

    /// <summary>totals[row, token, 16] += Σ_i w[i, row, 16]·x[i, token, 16], the sum taken first.</summary>
    /// <param name="w">[<paramref name="count"/>, 6, 16].</param>
    /// <param name="x">[<paramref name="count"/>, TCount, 16].</param>
    /// <param name="count">Multiply-adds of a chain.</param>
    /// <param name="totals">[6, TCount, 16].</param>
    /// <param name="isFirst">Whether the totals are still zero; what stands there is not read then.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Add<TCount>(float* w, float* x, int count, float* totals, bool isFirst) where TCount : ITokenCount
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default, c0 = default, c1 = default, c2 = default, c3 = default;
        Vector512<float> d0 = default, d1 = default, d2 = default, d3 = default, e0 = default, e1 = default, e2 = default, e3 = default, f0 = default, f1 = default, f2 = default, f3 = default;
        for (var last = w + (long)count * Rows * W; w < last; w += Rows * W, x += TCount.Count * W)
        {
            Vector512<float> x0 = Vector512.Load(x), x1 = TCount.Count > 1 ? Vector512.Load(x + W) : default;
            Vector512<float> x2 = TCount.Count > 2 ? Vector512.Load(x + 2 * W) : default, x3 = TCount.Count > 3 ? Vector512.Load(x + 3 * W) : default;
            var v = Vector512.Load(w);
            a0 = Vector512.FusedMultiplyAdd(v, x0, a0);
            if (TCount.Count > 1) a1 = Vector512.FusedMultiplyAdd(v, x1, a1);
            if (TCount.Count > 2) a2 = Vector512.FusedMultiplyAdd(v, x2, a2);
            if (TCount.Count > 3) a3 = Vector512.FusedMultiplyAdd(v, x3, a3);
            v = Vector512.Load(w + W);
            b0 = Vector512.FusedMultiplyAdd(v, x0, b0);
            if (TCount.Count > 1) b1 = Vector512.FusedMultiplyAdd(v, x1, b1);
            if (TCount.Count > 2) b2 = Vector512.FusedMultiplyAdd(v, x2, b2);
            if (TCount.Count > 3) b3 = Vector512.FusedMultiplyAdd(v, x3, b3);
            v = Vector512.Load(w + 2 * W);
            c0 = Vector512.FusedMultiplyAdd(v, x0, c0);
            if (TCount.Count > 1) c1 = Vector512.FusedMultiplyAdd(v, x1, c1);
            if (TCount.Count > 2) c2 = Vector512.FusedMultiplyAdd(v, x2, c2);
            if (TCount.Count > 3) c3 = Vector512.FusedMultiplyAdd(v, x3, c3);
            v = Vector512.Load(w + 3 * W);
            d0 = Vector512.FusedMultiplyAdd(v, x0, d0);
            if (TCount.Count > 1) d1 = Vector512.FusedMultiplyAdd(v, x1, d1);
            if (TCount.Count > 2) d2 = Vector512.FusedMultiplyAdd(v, x2, d2);
            if (TCount.Count > 3) d3 = Vector512.FusedMultiplyAdd(v, x3, d3);
            v = Vector512.Load(w + 4 * W);
            e0 = Vector512.FusedMultiplyAdd(v, x0, e0);
            if (TCount.Count > 1) e1 = Vector512.FusedMultiplyAdd(v, x1, e1);
            if (TCount.Count > 2) e2 = Vector512.FusedMultiplyAdd(v, x2, e2);
            if (TCount.Count > 3) e3 = Vector512.FusedMultiplyAdd(v, x3, e3);
            v = Vector512.Load(w + 5 * W);
            f0 = Vector512.FusedMultiplyAdd(v, x0, f0);
            if (TCount.Count > 1) f1 = Vector512.FusedMultiplyAdd(v, x1, f1);
            if (TCount.Count > 2) f2 = Vector512.FusedMultiplyAdd(v, x2, f2);
            if (TCount.Count > 3) f3 = Vector512.FusedMultiplyAdd(v, x3, f3);
        }

        Add<TCount>(totals, isFirst, a0, a1, a2, a3);
        Add<TCount>(totals + TCount.Count * W, isFirst, b0, b1, b2, b3);
        Add<TCount>(totals + 2 * TCount.Count * W, isFirst, c0, c1, c2, c3);
        Add<TCount>(totals + 3 * TCount.Count * W, isFirst, d0, d1, d2, d3);
        Add<TCount>(totals + 4 * TCount.Count * W, isFirst, e0, e1, e2, e3);
        Add<TCount>(totals + 5 * TCount.Count * W, isFirst, f0, f1, f2, f3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TCount>(float* totals, bool isFirst, Vector512<float> s0, Vector512<float> s1, Vector512<float> s2, Vector512<float> s3) where TCount : ITokenCount
    {
        Add(totals, isFirst, s0);
        if (TCount.Count > 1) Add(totals + W, isFirst, s1);
        if (TCount.Count > 2) Add(totals + 2 * W, isFirst, s2);
        if (TCount.Count > 3) Add(totals + 3 * W, isFirst, s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* total, bool isFirst, Vector512<float> sum) => ((isFirst ? default : Vector512.Load(total)) + sum).Store(total);
}
