using BenchmarkDotNet.Attributes;
using NemotronSharp.Kernels;
using NemotronSharp.Numerics;
using NemotronSharp.State;

namespace NemotronSharp.Bench;

/// <summary>Attention of the last tokens of a 16,384-token prompt, pico's shape and Nano-30B's (32 query heads × 128 on 2 key/value heads).</summary>
public unsafe class AttentionBenchmarks
{
    private const int Context = 16384;
    private readonly Workers _workers = new(2);
    private KeyValueCache _cache = null!;
    private NativeBuffer _queries = null!, _result = null!;
    private int _heads, _width;

    [Params("pico", "nano")]
    public string Shape { get; set; } = "pico";

    [Params(1, 128)]
    public int Tokens { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        (_heads, var keyHeads, _width) = Shape == "pico" ? (4, 2, 64) : (32, 2, 128);
        _cache = new KeyValueCache(keyHeads, _width);
        var random = new Random(1);
        using NativeBuffer keys = Fill(random, Context * keyHeads * _width), values = Fill(random, Context * keyHeads * _width);
        _cache.Write(0, new Rows(keys.Data, Context, keyHeads * _width), new Rows(values.Data, Context, keyHeads * _width));
        _queries = Fill(random, Tokens * _heads * _width);
        _result = Fill(random, Tokens * _heads * _width);
    }

    [Benchmark]
    public void Attention() => CausalAttention.Apply(new Rows(_queries.Data, Tokens, _heads * _width), _cache, Context - Tokens, _heads, new Rows(_result.Data, Tokens, _heads * _width), _workers);

    private static NativeBuffer Fill(Random random, int count)
    {
        var buffer = new NativeBuffer(count);
        for (var i = 0; i < count; i++) buffer.Data[i] = random.NextSingle() - 0.5f;
        return buffer;
    }
}
