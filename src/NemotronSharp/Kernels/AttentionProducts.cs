using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using NemotronSharp.Numerics;
using NemotronSharp.State;

namespace NemotronSharp.Kernels;

/// <summary>
/// The two products of attention for a tile of R query rows. Accumulator n belongs to row n / V and vector n % V of a shape of R rows and V vectors; those beyond R · V
/// are never computed. Stored numbers widen exactly, and every sum runs over its terms in their order. Each step also asks for as many bytes of what comes next as it reads, into
/// the second-level cache: scores fill most of the first.
/// </summary>
/// <typeparam name="TShape">Rows and vectors.</typeparam>
/// <typeparam name="TFormat">How keys and values are stored.</typeparam>
internal static unsafe class AttentionProducts<TShape, TFormat> where TShape : struct, IRowShape where TFormat : struct, IWeightFormat
{
    /// <summary>scores[j, s] = Σ_i q[i, j] · k[i, s] for the first 16 · <paramref name="vectors"/> positions of a group.</summary>
    /// <param name="queries">[d, R].</param>
    /// <param name="keys">[d, 64].</param>
    /// <param name="d">Dimensions of a head.</param>
    /// <param name="vectors">1 to 4; rounded up to a multiple of the shape's.</param>
    /// <param name="scores">[R, <see cref="AttentionTile.ScoreStride"/>].</param>
    /// <param name="next">What will be read next, as long as <paramref name="keys"/>, or these again.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Score(float* queries, byte* keys, int d, int vectors, float* scores, byte* next)
    {
        for (var v = 0; v < vectors; v += TShape.Vectors, keys += TShape.Vectors * Lanes.Width * TFormat.BlockBytes, scores += TShape.Vectors * Lanes.Width)
        {
            Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
            Vector512<float> a8 = default, a9 = default, aa = default, ab = default, ac = default, ad = default, ae = default, af = default;
            var q = queries;
            var key = keys;
            for (var i = 0; i < d; i++, q += TShape.Rows, key += KeyValueCache.GroupTokens * TFormat.BlockBytes)
            {
                if (Sse.IsSupported) Sse.Prefetch1(next);
                next += TShape.Vectors * Lanes.Width * TFormat.BlockBytes;
                var k0 = Load(key, 0);
                var k1 = TShape.Vectors > 1 ? Load(key, 1) : k0;
                var k2 = TShape.Vectors > 2 ? Load(key, 2) : k0;
                var k3 = TShape.Vectors > 2 ? Load(key, 3) : k0;
                a0 = Add(0, a0, q, 1, k0, k1, k2, k3);
                a1 = Add(1, a1, q, 1, k0, k1, k2, k3);
                a2 = Add(2, a2, q, 1, k0, k1, k2, k3);
                a3 = Add(3, a3, q, 1, k0, k1, k2, k3);
                a4 = Add(4, a4, q, 1, k0, k1, k2, k3);
                a5 = Add(5, a5, q, 1, k0, k1, k2, k3);
                a6 = Add(6, a6, q, 1, k0, k1, k2, k3);
                a7 = Add(7, a7, q, 1, k0, k1, k2, k3);
                a8 = Add(8, a8, q, 1, k0, k1, k2, k3);
                a9 = Add(9, a9, q, 1, k0, k1, k2, k3);
                aa = Add(10, aa, q, 1, k0, k1, k2, k3);
                ab = Add(11, ab, q, 1, k0, k1, k2, k3);
                ac = Add(12, ac, q, 1, k0, k1, k2, k3);
                ad = Add(13, ad, q, 1, k0, k1, k2, k3);
                ae = Add(14, ae, q, 1, k0, k1, k2, k3);
                af = Add(15, af, q, 1, k0, k1, k2, k3);
            }

            Write(0, a0, scores, AttentionTile.ScoreStride);
            Write(1, a1, scores, AttentionTile.ScoreStride);
            Write(2, a2, scores, AttentionTile.ScoreStride);
            Write(3, a3, scores, AttentionTile.ScoreStride);
            Write(4, a4, scores, AttentionTile.ScoreStride);
            Write(5, a5, scores, AttentionTile.ScoreStride);
            Write(6, a6, scores, AttentionTile.ScoreStride);
            Write(7, a7, scores, AttentionTile.ScoreStride);
            Write(8, a8, scores, AttentionTile.ScoreStride);
            Write(9, a9, scores, AttentionTile.ScoreStride);
            Write(10, aa, scores, AttentionTile.ScoreStride);
            Write(11, ab, scores, AttentionTile.ScoreStride);
            Write(12, ac, scores, AttentionTile.ScoreStride);
            Write(13, ad, scores, AttentionTile.ScoreStride);
            Write(14, ae, scores, AttentionTile.ScoreStride);
            Write(15, af, scores, AttentionTile.ScoreStride);
        }
    }

    /// <summary>sums[j, i] += Σ_s weights[j, s] · v[s, i].</summary>
    /// <param name="weights">[R, <see cref="AttentionTile.ScoreStride"/>].</param>
    /// <param name="values">[count, d]; up to 63 numbers behind them are read, and have no effect.</param>
    /// <param name="d">Dimensions of a head.</param>
    /// <param name="count">Positions.</param>
    /// <param name="sums">[R, <paramref name="width"/>].</param>
    /// <param name="width">d, rounded up to a multiple of 64.</param>
    /// <param name="next">What will be read next, as long as <paramref name="values"/>, or these again.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Mix(float* weights, byte* values, int d, int count, float* sums, int width, byte* next)
    {
        for (var i = 0; i < d; i += TShape.Vectors * Lanes.Width, values += TShape.Vectors * Lanes.Width * TFormat.BlockBytes, sums += TShape.Vectors * Lanes.Width)
        {
            Vector512<float> a0 = Read(0, sums, width), a1 = Read(1, sums, width), a2 = Read(2, sums, width), a3 = Read(3, sums, width);
            Vector512<float> a4 = Read(4, sums, width), a5 = Read(5, sums, width), a6 = Read(6, sums, width), a7 = Read(7, sums, width);
            Vector512<float> a8 = Read(8, sums, width), a9 = Read(9, sums, width), aa = Read(10, sums, width), ab = Read(11, sums, width);
            Vector512<float> ac = Read(12, sums, width), ad = Read(13, sums, width), ae = Read(14, sums, width), af = Read(15, sums, width);
            var w = weights;
            var value = values;
            for (var s = 0; s < count; s++, w++, value += (long)d * TFormat.BlockBytes)
            {
                if (Sse.IsSupported) Sse.Prefetch1(next);
                next += TShape.Vectors * Lanes.Width * TFormat.BlockBytes;
                var v0 = Load(value, 0);
                var v1 = TShape.Vectors > 1 ? Load(value, 1) : v0;
                var v2 = TShape.Vectors > 2 ? Load(value, 2) : v0;
                var v3 = TShape.Vectors > 2 ? Load(value, 3) : v0;
                a0 = Add(0, a0, w, AttentionTile.ScoreStride, v0, v1, v2, v3);
                a1 = Add(1, a1, w, AttentionTile.ScoreStride, v0, v1, v2, v3);
                a2 = Add(2, a2, w, AttentionTile.ScoreStride, v0, v1, v2, v3);
                a3 = Add(3, a3, w, AttentionTile.ScoreStride, v0, v1, v2, v3);
                a4 = Add(4, a4, w, AttentionTile.ScoreStride, v0, v1, v2, v3);
                a5 = Add(5, a5, w, AttentionTile.ScoreStride, v0, v1, v2, v3);
                a6 = Add(6, a6, w, AttentionTile.ScoreStride, v0, v1, v2, v3);
                a7 = Add(7, a7, w, AttentionTile.ScoreStride, v0, v1, v2, v3);
                a8 = Add(8, a8, w, AttentionTile.ScoreStride, v0, v1, v2, v3);
                a9 = Add(9, a9, w, AttentionTile.ScoreStride, v0, v1, v2, v3);
                aa = Add(10, aa, w, AttentionTile.ScoreStride, v0, v1, v2, v3);
                ab = Add(11, ab, w, AttentionTile.ScoreStride, v0, v1, v2, v3);
                ac = Add(12, ac, w, AttentionTile.ScoreStride, v0, v1, v2, v3);
                ad = Add(13, ad, w, AttentionTile.ScoreStride, v0, v1, v2, v3);
                ae = Add(14, ae, w, AttentionTile.ScoreStride, v0, v1, v2, v3);
                af = Add(15, af, w, AttentionTile.ScoreStride, v0, v1, v2, v3);
            }

            Write(0, a0, sums, width);
            Write(1, a1, sums, width);
            Write(2, a2, sums, width);
            Write(3, a3, sums, width);
            Write(4, a4, sums, width);
            Write(5, a5, sums, width);
            Write(6, a6, sums, width);
            Write(7, a7, sums, width);
            Write(8, a8, sums, width);
            Write(9, a9, sums, width);
            Write(10, aa, sums, width);
            Write(11, ab, sums, width);
            Write(12, ac, sums, width);
            Write(13, ad, sums, width);
            Write(14, ae, sums, width);
            Write(15, af, sums, width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load(byte* source, int vector) => TFormat.Load16(new WeightRow(source), vector * Lanes.Width);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Has(int n) => n < TShape.Rows * TShape.Vectors;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Row(int n) => n / TShape.Vectors;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Vector(int n) => n % TShape.Vectors;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Add(int n, Vector512<float> sum, float* factors, int stride, Vector512<float> x0, Vector512<float> x1, Vector512<float> x2, Vector512<float> x3)
    {
        if (!Has(n)) return sum;
        var x = Vector(n) switch { 0 => x0, 1 => x1, 2 => x2, _ => x3 };
        return Vector512.FusedMultiplyAdd(x, Vector512.Create(factors[Row(n) * stride]), sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Read(int n, float* rows, int stride) => Has(n) ? Vector512.Load(rows + Row(n) * stride + Vector(n) * Lanes.Width) : default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(int n, Vector512<float> sum, float* rows, int stride)
    {
        if (Has(n)) sum.Store(rows + Row(n) * stride + Vector(n) * Lanes.Width);
    }
}
