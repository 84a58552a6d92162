using CsCheck;
using NemotronSharp.Kernels;
using NemotronSharp.Numerics;
using NemotronSharp.State;

namespace NemotronSharp.Tests.Kernels;

/// <summary>Attention against its formula on the keys and values as they are stored, and the same bits on every route.</summary>
public sealed unsafe class CausalAttentionTests
{
    private static readonly CacheScales Scales = new(0.03f, 0.02f);

    [Theory]
    [InlineData(KeyValuePrecision.BFloat16)]
    [InlineData(KeyValuePrecision.Float32)]
    [InlineData(KeyValuePrecision.Float8)]
    public void Any_shape_at_any_depth_is_the_formula_alone_and_in_company(KeyValuePrecision precision) =>
        Gen.Select(Gen.Int[0, 1 << 30], Gen.Int[1, 3], Gen.Int[1, 18], Gen.Int[1, 70], Gen.Int[0, 700], Gen.Int[1, 9]).Sample(
            (seed, keyHeads, perKey, d, before, count) => Check(precision, seed, keyHeads, perKey, d, before, count), iter: 25, threads: 1);

    [Theory]
    [InlineData(254)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(510)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(1023)]
    public void Borders_of_pages_and_blocks_are_no_borders(int before)
    {
        foreach (var precision in Enum.GetValues<KeyValuePrecision>())
            foreach (var (perKey, d) in new[] { (16, 128), (2, 64), (1, 33), (5, 16) }) Check(precision, before, 2, perKey, d, before, 3);
    }

    [Fact]
    public void An_infinite_value_of_a_later_token_does_not_reach_an_earlier_one()
    {
        using var data = new KernelData(1);
        using var kernels = new KernelContext(1, ActivationPrecision.Float32);
        using var pages = new PagePool();
        var cache = new KeyValueCache(1, 16, KeyValuePrecision.Float32, pages);
        Rows keys = data.Rows(4, 16), values = data.Rows(4, 16), queries = data.Rows(4, 16), result = data.Zeros(4, 16);
        values[3].Fill(float.PositiveInfinity);
        cache.Write(0, keys, values, CacheScales.None);
        CausalAttention.Apply(queries, cache, 0, 1, CacheScales.None, result, kernels);
        for (var i = 0; i < 16; i++) Assert.True(float.IsFinite(result[2][i]) && float.IsPositiveInfinity(result[3][i]));
    }

    [Fact]
    public void Rounding_is_to_the_nearest_and_FP8_saturates()
    {
        using var data = new KernelData(1);
        foreach (var (precision, given, kept) in new[] { (KeyValuePrecision.BFloat16, 1.00390625f, 1f), (KeyValuePrecision.Float8, 1.0625f, 1f), (KeyValuePrecision.Float8, 1e6f, 448f), (KeyValuePrecision.Float32, 1.0625f, 1.0625f) })
        {
            using var kernels = new KernelContext(1, ActivationPrecision.Float32);
            using var pages = new PagePool();
            var cache = new KeyValueCache(1, 1, precision, pages);
            Rows one = data.Zeros(1, 1), values = data.Zeros(1, 1), result = data.Zeros(1, 1);
            values[0][0] = given;
            cache.Write(0, one, values, CacheScales.None);
            CausalAttention.Apply(one, cache, 0, 1, CacheScales.None, result, kernels);
            Assert.Equal(kept, result[0][0]);
        }
    }

    [Fact]
    public void Powers_of_two_are_those_of_the_library_to_the_last_digits()
    {
        for (var x = -126f; x <= 0; x += 0.0137f)
        {
            var expected = Math.Pow(2, x);
            Assert.InRange(Lanes.Exp2(System.Runtime.Intrinsics.Vector512.Create(x))[0] / expected, 1 - 2e-7, 1 + 2e-7);
        }
        foreach (var (x, expected) in new[] { (0f, 1f), (-1f, 0.5f), (-126.5f, 0f), (float.NegativeInfinity, 0f), (float.NaN, float.NaN) })
            Assert.Equal(expected, Lanes.Exp2(System.Runtime.Intrinsics.Vector512.Create(x))[5]);
    }

    private static void Check(KeyValuePrecision precision, int seed, int keyHeads, int perKey, int d, int before, int count)
    {
        using var data = new KernelData(seed);
        using var pages = new PagePool();
        var cache = new KeyValueCache(keyHeads, d, precision, pages);
        var (heads, total, scales) = (keyHeads * perKey, before + count, precision == KeyValuePrecision.Float8 ? Scales : CacheScales.None);
        Rows keys = data.Rows(total, keyHeads * d, 3), values = data.Rows(total, keyHeads * d), queries = data.Rows(count, heads * d, 3);
        Rows expected = data.Zeros(count, heads * d), actual = data.Zeros(count, heads * d);
        float[][][] storedKeys = Stored(keys, scales.Key), storedValues = Stored(values, scales.Value);
        for (var t = 0; t < count; t++)
            for (var head = 0; head < heads; head++)
                CausalAttention.Reference(queries[t].Slice(head * d, d), storedKeys[head / perKey][..(before + t + 1)], storedValues[head / perKey][..(before + t + 1)], expected[t].Slice(head * d, d));

        if (before > 0) cache.Write(0, keys.Slice(0, before), values.Slice(0, before), scales);
        cache.Write(before, keys.Slice(before, count), values.Slice(before, count), scales);
        using var copies = new PagePool();
        var copy = cache.Clone(total, copies);
        using var one = new KernelContext(1, ActivationPrecision.Float32);
        using var several = new KernelContext(3, ActivationPrecision.Float32);
        CausalAttention.Apply(queries, cache, before, heads, scales, actual, one);
        KernelData.AssertClose(expected, actual, 1e-5);
        foreach (var kernels in new[] { one, several })
        {
            var again = data.Zeros(count, heads * d);
            CausalAttention.Apply(queries, copy, before, heads, scales, again, kernels);
            for (var t = 0; t < count; t++)
            {
                Assert.True(actual[t].SequenceEqual(again[t]), $"token {t} has other bits from a copy on {kernels.Workers.Count} threads");
                var single = data.Zeros(1, heads * d);
                CausalAttention.Apply(queries.Slice(t, 1), cache, before + t, heads, scales, single, kernels);
                Assert.True(actual[t].SequenceEqual(single[0]), $"token {t} has other bits alone than in a batch of {count}");
            }
        }

        float[][][] Stored(Rows rows, float scale) => [.. Enumerable.Range(0, keyHeads).Select(head => Enumerable.Range(0, total).Select(t => rows[t].Slice(head * d, d).ToArray().Select(x => precision switch
        {
            KeyValuePrecision.Float32 => x,
            KeyValuePrecision.BFloat16 => BFloat16.ToSingle(BFloat16.FromSingle(x)),
            _ => E4M3.ToSingle(E4M3.FromSingle(x / scale)) * scale,
        }).ToArray()).ToArray())];
    }
}
