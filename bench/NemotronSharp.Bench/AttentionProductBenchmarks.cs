using BenchmarkDotNet.Attributes;
using NemotronSharp.Kernels;
using NemotronSharp.Numerics;
using NemotronSharp.State;

namespace NemotronSharp.Bench;

/// <summary>Attention's two products for a group of 64 positions × 128 bfloat16, all in the first-level cache: what one thread reaches of float32's peak with so many query rows.</summary>
public unsafe class AttentionProductBenchmarks : IKernelBenchmark
{
    private const int HeadDim = 128, Group = KeyValueCache.GroupTokens;

    private readonly Buffers _buffers = new(4);
    private Rows _queries, _scores, _sums;
    private byte* _stored;

    /// <summary>Query rows.</summary>
    [Params(1, 2, 4, 8, 16)]
    public int Queries { get; set; }

    KernelWork IKernelBenchmark.Work(string method) =>
        new($"attention {method.ToLowerInvariant()} in cache, one thread", $"{Group} × {HeadDim}", Queries, 2.0 * Queries * Group * HeadDim, 2.0 * Group * HeadDim, Drawn: false);

    /// <summary>Random queries, weights and stored numbers.</summary>
    [GlobalSetup]
    public void Setup()
    {
        (_queries, _scores, _sums) = (_buffers.Rows(HeadDim, AttentionTile.MostRows), _buffers.Rows(AttentionTile.MostRows, AttentionTile.ScoreStride), _buffers.Rows(AttentionTile.MostRows, HeadDim));
        var numbers = _buffers.Rows(1, Group * HeadDim);
        _stored = (byte*)_buffers.Take(Group * HeadDim).Data;
        BFloat16.FromSingles(numbers[0], new Span<ushort>(_stored, Group * HeadDim));
    }

    /// <summary>Scores of the positions.</summary>
    [Benchmark]
    public void Score()
    {
        switch (Queries)
        {
            case 1: Score<OneRow>(); break;
            case 2: Score<TwoRows>(); break;
            case 4: Score<FourRows>(); break;
            case 8: Score<EightRows>(); break;
            default: Score<SixteenRows>(); break;
        }
    }

    /// <summary>The positions' values, weighted.</summary>
    [Benchmark]
    public void Mix()
    {
        switch (Queries)
        {
            case 1: Mix<OneRow>(); break;
            case 2: Mix<TwoRows>(); break;
            case 4: Mix<FourRows>(); break;
            case 8: Mix<EightRows>(); break;
            default: Mix<SixteenRows>(); break;
        }
    }

    /// <summary>Frees memory.</summary>
    [GlobalCleanup]
    public void Cleanup() => _buffers.Dispose();

    private void Score<TShape>() where TShape : struct, IRowShape => AttentionProducts<TShape, BF16Format>.Score(_queries.Data, _stored, HeadDim, Group / Lanes.Width, _scores.Data, _stored);

    private void Mix<TShape>() where TShape : struct, IRowShape => AttentionProducts<TShape, BF16Format>.Mix(_scores.Data, _stored, HeadDim, Group, _sums.Data, HeadDim, _stored);
}
