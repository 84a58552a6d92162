using BenchmarkDotNet.Attributes;
using NemotronSharp.Kernels;
using NemotronSharp.Numerics;

namespace NemotronSharp.Bench;

/// <summary>
/// The Mamba-2 scan of one Nano-30B layer (64 heads of 64 channels, state 128, 8 groups): as a recurrence, and in its chunked (SSD) form.
/// The recurrence is the default because its bits do not depend on the split; this measures what that costs.
/// </summary>
public unsafe class ScanBenchmarks
{
    private const int Heads = 64, HeadDim = 64, Groups = 8, States = 128;
    private readonly List<NativeBuffer> _buffers = [];
    private readonly Workers _workers = new(Environment.ProcessorCount);
    private readonly Arena _arena = new();
    private ScanOperands _operands;

    /// <summary>Tokens of the prompt step.</summary>
    [Params(1, 128, 512)]
    public int Tokens { get; set; }

    /// <summary>Random operands with time steps and decay rates as trained models have them.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        Rows x = Random(random, Heads * HeadDim, -1, 1), b = Random(random, Groups * States, -1, 1), c = Random(random, Groups * States, -1, 1);
        Rows delta = Random(random, Heads, 0.001f, 0.1f), decay = Random(random, Heads, -16, -1), skip = Random(random, Heads, 0, 1);
        var state = new NativeBuffer((long)Heads * HeadDim * States);
        _buffers.Add(state);
        _operands = new ScanOperands
        {
            X = x,
            B = b,
            C = c,
            Delta = delta,
            Decay = decay.Data,
            Skip = skip.Data,
            State = state.Data,
            Y = Random(random, Heads * HeadDim, 0, 0),
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
        _buffers.ForEach(buffer => buffer.Dispose());
    }

    private Rows Random(Random random, int width, float low, float high)
    {
        var buffer = new NativeBuffer((long)Tokens * width);
        _buffers.Add(buffer);
        for (var i = 0; i < buffer.Length; i++) buffer.Data[i] = low + (high - low) * random.NextSingle();
        return new Rows(buffer.Data, Tokens, width);
    }
}
