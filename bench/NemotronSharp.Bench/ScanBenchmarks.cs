using BenchmarkDotNet.Attributes;
using NemotronSharp.Kernels;
using NemotronSharp.Numerics;

namespace NemotronSharp.Bench;

/// <summary>
/// The Mamba-2 scan of one Nano-30B layer (64 heads of 64 channels, state 128, 8 groups): as a recurrence, and in its chunked (SSD) form.
/// The recurrence is the default because its bits do not depend on the split; this measures what that costs.
/// </summary>
public unsafe class ScanBenchmarks : IKernelBenchmark
{
    private const int Heads = 64, HeadDim = 64, Groups = 8, States = 128;
    private readonly Buffers _buffers = new(1);
    private Workers _workers = null!;
    private readonly Arena _arena = new();
    private ScanOperands _operands;

    /// <summary>Tokens of the prompt step.</summary>
    [Params(1, 128, 512)]
    public int Tokens { get; set; }

    KernelWork IKernelBenchmark.Work(string method)
    {
        // The recurrence: s·keep + u·b and y + s·c, five operations a state element; the state is read and written once.
        const double elements = (double)Heads * HeadDim * States;
        return new KernelWork($"scan {method.ToLowerInvariant()}", $"{Heads} × {HeadDim} × {States}", Tokens, 5 * elements * Tokens, sizeof(float) * (2 * elements + Tokens * (2.0 * Heads * HeadDim + 2 * Groups * States + Heads)));
    }

    /// <summary>Random operands with time steps and decay rates as trained models have them.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _workers = new Workers(Environment.ProcessorCount);
        Rows x = _buffers.Rows(Tokens, Heads * HeadDim, -1, 1), b = _buffers.Rows(Tokens, Groups * States, -1, 1), c = _buffers.Rows(Tokens, Groups * States, -1, 1);
        Rows delta = _buffers.Rows(Tokens, Heads, 0.001f, 0.1f), decay = _buffers.Rows(1, Heads, -16, -1), skip = _buffers.Rows(1, Heads, 0, 1);
        _operands = new ScanOperands
        {
            X = x,
            B = b,
            C = c,
            Delta = delta,
            Decay = decay.Data,
            Skip = skip.Data,
            State = _buffers.Take((long)Heads * HeadDim * States).Data,
            Y = _buffers.Rows(Tokens, Heads * HeadDim),
            Shape = (Heads, HeadDim, Groups, States),
        };
    }

    /// <summary>Token by token, the state in cache.</summary>
    [Benchmark(Baseline = true)]
    public void Recurrent() => SelectiveScan.Apply(_operands, _workers);

    /// <summary>Chunks of 128 tokens.</summary>
    [Benchmark]
    public void Chunked() => ChunkedScan.Apply(_operands, 128, _arena, _workers);

    /// <summary>Ends threads and frees memory.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _workers.Dispose();
        _arena.Dispose();
        _buffers.Dispose();
    }
}
