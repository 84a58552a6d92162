using BenchmarkDotNet.Attributes;
using NemotronSharp.Kernels;
using NemotronSharp.Numerics;

namespace NemotronSharp.Bench;

/// <summary>A BF16 matrix of Nano-30B's shared expert (3712 × 2688) on one token (bound by memory) and on many (bound by arithmetic).</summary>
public unsafe class MatMulBenchmarks
{
    private const int OutputWidth = 3712, InputWidth = 2688;
    private readonly KernelContext _kernels = new(Environment.ProcessorCount, ActivationPrecision.Float32);
    private NativeBuffer? _weights, _x, _y;

    /// <summary>Tokens of the step.</summary>
    [Params(1, 8, 128)]
    public int Tokens { get; set; }

    /// <summary>Random weights and activations.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _weights = new NativeBuffer((long)OutputWidth * InputWidth / 2);
        for (var i = 0L; i < (long)OutputWidth * InputWidth; i++) ((ushort*)_weights.Data)[i] = BFloat16.FromSingle(random.NextSingle() - 0.5f);
        _x = new NativeBuffer((long)Tokens * InputWidth);
        for (var i = 0L; i < _x.Length; i++) _x.Data[i] = random.NextSingle() - 0.5f;
        _y = new NativeBuffer((long)Tokens * OutputWidth);
    }

    /// <summary>One product.</summary>
    [Benchmark]
    public void Apply() => MatMul.Apply(
        new WeightMatrix(TensorType.BF16, OutputWidth, InputWidth, (byte*)_weights!.Data), new Rows(_x!.Data, Tokens, InputWidth), new Rows(_y!.Data, Tokens, OutputWidth), _kernels);

    /// <summary>Ends threads and frees memory.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _kernels.Dispose();
        _weights?.Dispose();
        _x?.Dispose();
        _y?.Dispose();
    }
}
