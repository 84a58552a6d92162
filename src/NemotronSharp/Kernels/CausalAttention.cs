using NemotronSharp.Numerics;
using NemotronSharp.State;

namespace NemotronSharp.Kernels;

/// <summary>
/// softmax(q·K/√d)·V over all positions up to the query's own, without position encoding; query head i reads key/value head i / (Hq / Hkv).
/// Queries and result [T, Hq·d]. Positions are walked in blocks of 512 at fixed absolute places, each with a maximum and sum of its own, which are merged in their order
/// (as in FlashAttention and Flash-Decoding, arXiv 2205.14135), so that a query's result has the same bits in any batch and on any number of threads.
/// </summary>
internal static unsafe class CausalAttention
{
    // Tiles for each thread from which on a thread's share is even without splitting tiles by position.
    private const int TilesPerThread = 4;

    // Multiply-adds that are worth handing to a thread: a few microseconds.
    private const long WorthAThread = 1 << 17;

    public static void Apply(Rows queries, KeyValueCache cache, int firstPosition, int queryHeads, CacheScales scales, Rows result, KernelContext kernels)
    {
        var step = new AttentionStep(queries, cache, firstPosition, queryHeads, scales, result);
        switch (cache.Precision)
        {
            case KeyValuePrecision.Float32: Apply<F32Format>(step, kernels); break;
            case KeyValuePrecision.BFloat16: Apply<BF16Format>(step, kernels); break;
            default: Apply<F8E4M3Format>(step, kernels); break;
        }
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

    private static void Apply<TFormat>(in AttentionStep step, KernelContext kernels) where TFormat : struct, IWeightFormat
    {
        switch (step.RowsPerHead)
        {
            case 1: Apply<OneRow, TFormat>(step, kernels); break;
            case 2: Apply<TwoRows, TFormat>(step, kernels); break;
            case <= 4: Apply<FourRows, TFormat>(step, kernels); break;
            case <= 8: Apply<EightRows, TFormat>(step, kernels); break;
            default: Apply<SixteenRows, TFormat>(step, kernels); break;
        }
    }

    private static void Apply<TShape, TFormat>(in AttentionStep step, KernelContext kernels) where TShape : struct, IRowShape where TFormat : struct, IWeightFormat
    {
        var (tiles, blocks, workers) = (step.Tiles * step.Cache.Heads, step.Blocks, kernels.Workers);
        var perPosition = 2L * TShape.Rows * step.HeadDim;
        if (blocks == 1 || workers.Count == 1 || tiles >= TilesPerThread * workers.Count)
        {
            workers.Run(new Tiles<TShape, TFormat>(step), tiles, Grain(perPosition * (step.FirstPosition + step.Queries.Count), tiles));
            return;
        }

        // Few tiles: threads share their blocks.
        using var frame = kernels.Scratch.Enter();
        var length = AttentionPartial.Length(TShape.Rows, step.HeadDim);
        var partials = kernels.Scratch.Take(tiles * blocks, length).Data;
        workers.Run(new Blocks<TShape, TFormat>(step, blocks, partials, length), tiles * blocks, Grain(perPosition * AttentionTile.BlockTokens, tiles * blocks));
        workers.Run(new Joins<TShape, TFormat>(step, blocks, partials, length), tiles, Grain((long)blocks * length, tiles));
    }

    private static int Grain(long perItem, int items) => (int)Math.Clamp(WorthAThread / perItem, 1, items);

    private readonly struct Tiles<TShape, TFormat>(AttentionStep step) : IJob where TShape : struct, IRowShape where TFormat : struct, IWeightFormat
    {
        public void Run(int begin, int end)
        {
            for (var item = begin; item < end; item++) new AttentionTile<TShape, TFormat>(step, item / step.Tiles, item % step.Tiles).Walk();
        }
    }

    private readonly struct Blocks<TShape, TFormat>(AttentionStep step, int blocks, float* partials, int length) : IJob where TShape : struct, IRowShape where TFormat : struct, IWeightFormat
    {
        public void Run(int begin, int end)
        {
            for (var item = begin; item < end; item++)
                new AttentionTile<TShape, TFormat>(step, item / blocks / step.Tiles, item / blocks % step.Tiles).Block(item % blocks, partials + (long)item * length);
        }
    }

    private readonly struct Joins<TShape, TFormat>(AttentionStep step, int blocks, float* partials, int length) : IJob where TShape : struct, IRowShape where TFormat : struct, IWeightFormat
    {
        public void Run(int begin, int end)
        {
            for (var item = begin; item < end; item++)
                new AttentionTile<TShape, TFormat>(step, item / step.Tiles, item % step.Tiles).Join(partials + (long)item * blocks * length, length);
        }
    }
}
