using BenchmarkDotNet.Attributes;
using NemotronSharp.Kernels;
using NemotronSharp.Numerics;

namespace NemotronSharp.Bench;

/// <summary>The kernels between the products, at Nano-30B's widths: convolution, norms, router.</summary>
public unsafe class LayerBenchmarks : IKernelBenchmark
{
    private const int Hidden = 2688, Inner = 4096, ConvWidth = 6144, Taps = 4, Groups = 8, Experts = 128, TopK = 6;
    private const float Epsilon = 1e-5f;

    private readonly Buffers _buffers = new(2);
    private readonly int[] _chosen = new int[TopK];
    private readonly float[] _weights = new float[TopK], _scores = new float[Experts], _bias = new float[Experts];
    private Workers _workers = null!;
    private Rows _hidden, _hiddenOut, _inner, _gate, _innerOut, _conv, _convOut, _taps, _convBias, _window, _norm, _logits;

    /// <summary>Tokens of the step.</summary>
    [Params(1, 64, 512)]
    public int Tokens { get; set; }

    KernelWork IKernelBenchmark.Work(string method) => method switch
    {
        nameof(Conv) => new("conv", $"{ConvWidth} × {Taps}", Tokens, 2.0 * Taps * ConvWidth * Tokens, sizeof(float) * (double)ConvWidth * (2 * Tokens + Taps + 1 + 2 * (Taps - 1))),
        nameof(Norm) => new("RMS norm", $"{Hidden}", Tokens, 4.0 * Hidden * Tokens, sizeof(float) * (double)Hidden * (2 * Tokens + 1)),
        nameof(GatedNorm) => new("gated norm", $"{Inner} in {Groups}", Tokens, 6.0 * Inner * Tokens, sizeof(float) * (double)Inner * (3 * Tokens + 1)),
        _ => new("router", $"{TopK} of {Experts}", Tokens, (double)Experts * TopK * Tokens, sizeof(float) * (double)Experts * (Tokens + 1)),
    };

    /// <summary>Random operands.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _workers = new Workers(Environment.ProcessorCount);
        (_hidden, _hiddenOut) = (_buffers.Rows(Tokens, Hidden), _buffers.Rows(Tokens, Hidden));
        (_inner, _gate, _innerOut) = (_buffers.Rows(Tokens, Inner), _buffers.Rows(Tokens, Inner), _buffers.Rows(Tokens, Inner));
        (_conv, _convOut, _taps, _convBias, _window) = (_buffers.Rows(Tokens, ConvWidth), _buffers.Rows(Tokens, ConvWidth), _buffers.Rows(Taps, ConvWidth), _buffers.Rows(1, ConvWidth), _buffers.Rows(Taps - 1, ConvWidth));
        (_norm, _logits) = (_buffers.Rows(1, Inner), _buffers.Rows(Tokens, Experts));
    }

    /// <summary>The causal convolution with SiLU.</summary>
    [Benchmark]
    public void Conv() => CausalConv.Apply(_conv, _taps.Data, _convBias.Data, Taps, _window.Data, _convOut, _workers);

    /// <summary>A layer's norm.</summary>
    [Benchmark]
    public void Norm() => RmsNorm.Apply(_hidden, _norm.Data, Epsilon, _hiddenOut, _workers);

    /// <summary>Mamba-2's output norm.</summary>
    [Benchmark]
    public void GatedNorm() => GatedRmsNorm.Apply(_inner, _gate, _norm.Data, Groups, Epsilon, _innerOut, _workers);

    /// <summary>The choice of experts from their logits.</summary>
    [Benchmark]
    public void Router()
    {
        for (var t = 0; t < Tokens; t++)
        {
            _logits[t].CopyTo(_scores);
            ExpertRouter.Route(_scores, _bias, new RouterRule(TopK, 1, 1, true, 2.5f), _chosen, _weights);
        }
    }

    /// <summary>Ends threads and frees memory.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _workers.Dispose();
        _buffers.Dispose();
    }
}
