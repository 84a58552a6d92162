using NemotronSharp.Numerics;
using NemotronSharp.State;

namespace NemotronSharp.Kernels;

/// <summary>
/// softmax(q·K/√d)·V over all positions up to the query's own, without position encoding; query head i reads key/value head i / (Hq / Hkv).
/// Queries and result [T, Hq·d]. Keys are walked in pages at fixed absolute positions with a running maximum and sum
/// (online softmax, arXiv 1805.02867), so that a query's result has the same bits in any batch.
/// </summary>
internal static unsafe class CausalAttention
{
    public static void Apply(Rows queries, KeyValueCache cache, int firstPosition, int queryHeads, Rows result, Workers workers)
    {
        var perQuery = (long)(firstPosition + queries.Count) * cache.HeadDim;
        workers.Run(new Job(queries, cache, firstPosition, queryHeads, result), queries.Count * queryHeads, (int)Math.Clamp((1 << 14) / perQuery, 1, 1 << 14));
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

    private readonly struct Job(Rows queries, KeyValueCache cache, int firstPosition, int queryHeads, Rows result) : IJob
    {
        public void Run(int begin, int end)
        {
            for (var item = begin; item < end; item++) Query(item / queryHeads, item % queryHeads);
        }

        private void Query(int token, int head)
        {
            var d = cache.HeadDim;
            var scale = 1f / MathF.Sqrt(d);
            float* query = queries.Row(token) + head * d, output = result.Row(token) + head * d;
            var keyValueHead = head / (queryHeads / cache.Heads);
            var visible = firstPosition + token + 1;
            var scores = stackalloc float[KeyValueCache.PageTokens];
            var max = float.NegativeInfinity;
            var total = 0f;
            new Span<float>(output, d).Clear();

            for (var page = 0; page * KeyValueCache.PageTokens < visible; page++)
            {
                var count = Math.Min(KeyValueCache.PageTokens, visible - page * KeyValueCache.PageTokens);
                float* keys = cache.Keys(page, keyValueHead), values = cache.Values(page, keyValueHead);
                var pageMax = max;
                for (var s = 0; s < count; s++)
                {
                    scores[s] = Lanes.Dot(query, keys + (long)s * d, d) * scale;
                    pageMax = MathF.Max(pageMax, scores[s]);
                }

                var shrink = MathF.Exp(max - pageMax);
                total *= shrink;
                Lanes.Scale(output, shrink, d);
                for (var s = 0; s < count; s++)
                {
                    var weight = MathF.Exp(scores[s] - pageMax);
                    total += weight;
                    Lanes.AddScaled(output, values + (long)s * d, weight, d);
                }

                max = pageMax;
            }

            Lanes.Scale(output, 1f / total, d);
        }
    }
}
