using BenchmarkDotNet.Attributes;
using NemotronSharp.Kernels;
using NemotronSharp.Numerics;
using NemotronSharp.State;

namespace NemotronSharp.Bench;

/// <summary>Attention of the last tokens of a long prompt, pico's shape and Nano-30B's (32 query heads × 128 on 2 key/value heads).</summary>
public unsafe class AttentionBenchmarks : IKernelBenchmark
{
    private readonly Buffers _buffers = new(1);
    private KernelContext _kernels = null!;
    private readonly PagePool _pages = new();
    private KeyValueCache _cache = null!;
    private Rows _queries, _result;

    /// <summary>Whose heads.</summary>
    [Params("pico", "nano")]
    public string Shape { get; set; } = "";

    /// <summary>Tokens that are seen.</summary>
    [Params(4096, 16384)]
    public int Context { get; set; }

    /// <summary>Tokens of the step.</summary>
    [Params(1, 128)]
    public int Tokens { get; set; }

    /// <summary>How keys and values are kept.</summary>
    [Params(KeyValuePrecision.BFloat16)]
    public KeyValuePrecision Precision { get; set; }

    private (int Queries, int Keys, int Width) Heads => Shape == "pico" ? (4, 2, 64) : (32, 2, 128);

    KernelWork IKernelBenchmark.Work(string method)
    {
        var (queries, _, width) = Heads;
        using var pages = new PagePool();
        var cache = Filled(pages);
        // Scores and mixing: two multiply-adds for each position, head and dimension.
        return new KernelWork($"attention {Shape} {Context}", $"{queries} × {width} on {Context}", Tokens, 4.0 * Tokens * queries * width * Context, cache.Bytes + 2.0 * sizeof(float) * Tokens * queries * width, Drawn: Shape == "nano" && Context == 16384);
    }

    /// <summary>Random queries, keys and values.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _kernels = new KernelContext(Environment.ProcessorCount, ActivationPrecision.Float32);
        _cache = Filled(_pages);
        (_queries, _result) = (_buffers.Rows(Tokens, Heads.Queries * Heads.Width), _buffers.Rows(Tokens, Heads.Queries * Heads.Width));
    }

    /// <summary>The tokens' attention.</summary>
    [Benchmark]
    public void Attention() => CausalAttention.Apply(_queries, _cache, Context - Tokens, Heads.Queries, CacheScales.None, _result, _kernels);

    /// <summary>Ends threads and frees memory.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _kernels.Dispose();
        _pages.Dispose();
        _buffers.Dispose();
    }

    private KeyValueCache Filled(PagePool pages)
    {
        var cache = new KeyValueCache(Heads.Keys, Heads.Width, Precision, pages);
        using var operands = new Buffers(3);
        cache.Write(0, operands.Rows(Context, Heads.Keys * Heads.Width), operands.Rows(Context, Heads.Keys * Heads.Width), CacheScales.None);
        return cache;
    }
}
