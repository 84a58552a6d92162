using BenchmarkDotNet.Attributes;
using NemotronSharp.Kernels;
using NemotronSharp.Numerics;

namespace NemotronSharp.Bench;

/// <summary>
/// Products with Nano-30B's matrices: six experts' up-projections in one go, as a decoded token asks for them, and a Mamba layer's input projection.
/// Calls go round through more weights than the caches hold, so that one token is bound by memory as in a model; many tokens are bound by arithmetic.
/// </summary>
public unsafe class MatMulBenchmarks : IKernelBenchmark
{
    private const int InputWidth = 2688;
    private const long Footprint = 300L << 20;
    private static readonly Dictionary<string, (int Matrices, int Rows)> Shapes = new() { ["experts"] = (6, 1856), ["mamba"] = (1, 10304) };

    private readonly Buffers _buffers = new(1);
    private KernelContext _kernels = null!;
    private WeightMatrix[] _weights = [];
    private Rows _x;
    private Rows[] _y = [];
    private int _next;

    /// <summary>Type of the weights.</summary>
    [Params(TensorType.F32, TensorType.BF16, TensorType.F8E4M3, TensorType.Q8_0, TensorType.Q4_0, TensorType.NVFP4)]
    public TensorType Type { get; set; }

    /// <summary>Which matrices.</summary>
    [Params("experts", "mamba")]
    public string Shape { get; set; } = "";

    /// <summary>Tokens of the step, of each expert.</summary>
    [Params(1, 8, 24, 64, 512)]
    public int Tokens { get; set; }

    KernelWork IKernelBenchmark.Work(string method)
    {
        var (matrices, rows) = Shapes[Shape];
        var bytes = Type.Bytes((long)rows * InputWidth) + (double)sizeof(float) * Tokens * (rows + InputWidth);
        return new KernelWork($"{Type} {Shape}", $"{(matrices > 1 ? $"{matrices} × " : "")}{rows} × {InputWidth}", Tokens, 2.0 * matrices * rows * InputWidth * Tokens, matrices * bytes, Drawn: matrices > 1);
    }

    /// <summary>Random weights and activations.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var (matrices, rows) = Shapes[Shape];
        _kernels = new KernelContext(Environment.ProcessorCount, new EngineOptions().Activations);
        var sets = (int)Math.Max(1, Footprint / (matrices * Type.Bytes((long)rows * InputWidth)));
        _weights = _buffers.Matrices(Type, rows, InputWidth, sets * matrices);
        _x = _buffers.Rows(Tokens, InputWidth);
        _y = [.. Enumerable.Range(0, matrices).Select(_ => _buffers.Rows(Tokens, rows))];
    }

    /// <summary>The products of the next matrices.</summary>
    [Benchmark]
    public void MatMul()
    {
        Span<Product> products = stackalloc Product[_y.Length];
        for (var i = 0; i < products.Length; i++) products[i] = new Product(_weights[_next + i], _x, _y[i]);
        Kernels.MatMul.Apply(products, _kernels);
        _next += products.Length;
        if (_next == _weights.Length) _next = 0;
    }

    /// <summary>Ends threads and frees memory.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _kernels.Dispose();
        _buffers.Dispose();
    }
}
