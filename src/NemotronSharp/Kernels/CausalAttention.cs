using System.Runtime.Intrinsics;
using NemotronSharp.Numerics;
using NemotronSharp.State;

namespace NemotronSharp.Kernels;

/// <summary>
/// softmax(q·K/√d)·V over all positions up to the query's own, without position encoding; query head i reads key/value head i / (Hq / Hkv).
/// Queries and result [T, Hq·d]. Keys are walked in pages at fixed absolute positions with a running maximum and sum
/// (online softmax, arXiv 1805.02867), and every sum runs over positions in their order, so that a query's result has the same bits in any batch.
/// </summary>
internal static unsafe class CausalAttention
{
    // Query rows that share a load of keys and values: 4 × 64 scores fill half the vector registers.
    private const int TileRows = 4;

    public static void Apply(Rows queries, KeyValueCache cache, int firstPosition, int queryHeads, Rows result, Workers workers)
    {
        var tiles = (queries.Count * (queryHeads / cache.Heads) + TileRows - 1) / TileRows;
        var perTile = TileRows * (long)(firstPosition + queries.Count) * cache.HeadDim;
        workers.Run(new Job(queries, cache, firstPosition, queryHeads / cache.Heads, tiles, result), tiles * cache.Heads, (int)Math.Clamp((1 << 14) / perTile, 1, 1 << 14));
    }

    /// <summary>The formula for one query head in double precision; <paramref name="keys"/> and <paramref name="values"/> are its visible rows.</summary>
    public static void Reference(ReadOnlySpan<float> query, IReadOnlyList<float[]> keys, IReadOnlyList<float[]> values, Span<float> result)
    {
        var scores = new double[keys.Count];
        for (var s = 0; s < scores.Length; s++)
            for (var i = 0; i < query.Length; i++) scores[s] += query[i] * (double)keys[s][i] / Math.Sqrt(query.Length);
        var max = scores.Max();
        var total = scores.Sum(score => Math.Exp(score - max));
        for (var i = 0; i < result.Length; i++)
        {
            var sum = 0.0;
            for (var s = 0; s < scores.Length; s++) sum += Math.Exp(scores[s] - max) / total * values[s][i];
            result[i] = (float)sum;
        }
    }

    /// <summary>One query row of a tile on its way over the pages.</summary>
    private struct Row
    {
        public float* Query, Output;
        public int Visible;
        public float Max, Total;
    }

    private readonly struct Job(Rows queries, KeyValueCache cache, int firstPosition, int perHead, int tiles, Rows result) : IJob
    {
        public void Run(int begin, int end)
        {
            for (var item = begin; item < end; item++) Tile(item / tiles, item % tiles);
        }

        // Rows of a tile: query heads of the same key/value head, then those of the next token. The last tile repeats its last row.
        private void Tile(int head, int tile)
        {
            int d = cache.HeadDim, last = queries.Count * perHead - 1;
            var rows = stackalloc Row[TileRows];
            var scores = stackalloc float[TileRows * KeyValueCache.PageTokens];
            var sums = stackalloc float[TileRows * d];
            new Span<float>(sums, TileRows * d).Clear();
            for (var j = 0; j < TileRows; j++)
            {
                var (token, member) = Math.DivRem(Math.Min(tile * TileRows + j, last), perHead);
                var column = (head * perHead + member) * d;
                rows[j] = new Row { Query = queries.Row(token) + column, Output = result.Row(token) + column, Visible = firstPosition + token + 1, Max = float.NegativeInfinity };
            }

            for (int page = 0, before = 0; before < rows[TileRows - 1].Visible; page++, before += KeyValueCache.PageTokens)
            {
                Score(rows, cache.Keys(page, head), d, scores);
                for (var j = 0; j < TileRows; j++) Weigh(ref rows[j], scores + j * KeyValueCache.PageTokens, sums + j * d, Math.Clamp(rows[j].Visible - before, 0, KeyValueCache.PageTokens), 1f / MathF.Sqrt(d), d);
                var common = Math.Clamp(rows[0].Visible - before, 0, KeyValueCache.PageTokens);
                var values = cache.Values(page, head);
                Mix(scores, values, sums, common, d);
                for (var j = 1; j < TileRows; j++)
                    for (var s = common; s < Math.Min(rows[j].Visible - before, KeyValueCache.PageTokens); s++)
                        Lanes.AddScaled(sums + j * d, values + s * d, scores[j * KeyValueCache.PageTokens + s], d);
            }

            for (var j = 0; j < TileRows; j++)
            {
                Lanes.Scale(sums + j * d, 1f / rows[j].Total, d);
                new ReadOnlySpan<float>(sums + j * d, d).CopyTo(new Span<float>(rows[j].Output, d));
            }
        }

        // scores[j, s] = q_j · k_s for the 64 positions of a page, those behind a row's own included.
        private static void Score(Row* rows, float* keys, int d, float* scores)
        {
            const int Page = KeyValueCache.PageTokens;
            for (var s = 0; s < Page; s += 2 * Lanes.Width)
            {
                Vector512<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, e0 = default, e1 = default;
                for (var i = 0; i < d; i++)
                {
                    Vector512<float> k0 = Vector512.Load(keys + i * Page + s), k1 = Vector512.Load(keys + i * Page + s + Lanes.Width);
                    Vector512<float> q0 = Vector512.Create(rows[0].Query[i]), q1 = Vector512.Create(rows[1].Query[i]), q2 = Vector512.Create(rows[2].Query[i]), q3 = Vector512.Create(rows[3].Query[i]);
                    a0 = Vector512.FusedMultiplyAdd(q0, k0, a0);
                    a1 = Vector512.FusedMultiplyAdd(q0, k1, a1);
                    b0 = Vector512.FusedMultiplyAdd(q1, k0, b0);
                    b1 = Vector512.FusedMultiplyAdd(q1, k1, b1);
                    c0 = Vector512.FusedMultiplyAdd(q2, k0, c0);
                    c1 = Vector512.FusedMultiplyAdd(q2, k1, c1);
                    e0 = Vector512.FusedMultiplyAdd(q3, k0, e0);
                    e1 = Vector512.FusedMultiplyAdd(q3, k1, e1);
                }

                a0.Store(scores + s);
                a1.Store(scores + s + Lanes.Width);
                b0.Store(scores + Page + s);
                b1.Store(scores + Page + s + Lanes.Width);
                c0.Store(scores + 2 * Page + s);
                c1.Store(scores + 2 * Page + s + Lanes.Width);
                e0.Store(scores + 3 * Page + s);
                e1.Store(scores + 3 * Page + s + Lanes.Width);
            }
        }

        // Turns the scores of the first `count` positions into weights under the running maximum, and what was summed before along with it.
        private static void Weigh(ref Row row, float* scores, float* sums, int count, float scale, int d)
        {
            if (count == 0) return;
            var max = Vector512.Create(row.Max);
            for (var s = 0; s < count; s += Lanes.Width)
            {
                var seen = Vector512.LessThan(Vector512.Create(s) + Vector512<int>.Indices, Vector512.Create(count)).AsSingle();
                var score = Vector512.ConditionalSelect(seen, Vector512.Load(scores + s) * scale, Vector512.Create(float.NegativeInfinity));
                score.Store(scores + s);
                max = Vector512.Max(max, score);
            }

            var highest = row.Max;
            for (var lane = 0; lane < Lanes.Width; lane++) highest = MathF.Max(highest, max[lane]);
            var total = Vector512<float>.Zero;
            for (var s = 0; s < count; s += Lanes.Width)
            {
                var weight = Vector512.Exp(Vector512.Load(scores + s) - Vector512.Create(highest));
                weight.Store(scores + s);
                total += weight;
            }

            var shrink = MathF.Exp(row.Max - highest);
            row.Total = row.Total * shrink + Lanes.Sum(total);
            row.Max = highest;
            if (shrink != 1f) Lanes.Scale(sums, shrink, d);
        }

        // sums[j] += Σ_s weights[j, s]·values[s] over the first `count` positions of a page.
        private static void Mix(float* weights, float* values, float* sums, int count, int d)
        {
            const int Page = KeyValueCache.PageTokens;
            var i = 0;
            for (; i <= d - Lanes.Width; i += Lanes.Width)
            {
                float* column = values + i, sum = sums + i;
                Vector512<float> a = Vector512.Load(sum), b = Vector512.Load(sum + d), c = Vector512.Load(sum + 2 * d), e = Vector512.Load(sum + 3 * d);
                for (var s = 0; s < count; s++)
                {
                    var v = Vector512.Load(column + s * d);
                    a = Vector512.FusedMultiplyAdd(v, Vector512.Create(weights[s]), a);
                    b = Vector512.FusedMultiplyAdd(v, Vector512.Create(weights[Page + s]), b);
                    c = Vector512.FusedMultiplyAdd(v, Vector512.Create(weights[2 * Page + s]), c);
                    e = Vector512.FusedMultiplyAdd(v, Vector512.Create(weights[3 * Page + s]), e);
                }

                a.Store(sum);
                b.Store(sum + d);
                c.Store(sum + 2 * d);
                e.Store(sum + 3 * d);
            }

            for (; i < d; i++)
                for (var j = 0; j < TileRows; j++)
                    for (var s = 0; s < count; s++) sums[j * d + i] = MathF.FusedMultiplyAdd(values[s * d + i], weights[j * Page + s], sums[j * d + i]);
        }
    }
}
