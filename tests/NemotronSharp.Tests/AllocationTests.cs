using NemotronSharp.State;
using NemotronSharp.Tests.Model;

namespace NemotronSharp.Tests;

/// <summary>Runs alone: what other tests allocate at the same time would be counted too.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTestsRunAlone;

/// <summary>A decode step leaves nothing for the garbage collector.</summary>
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests : IDisposable
{
    private const int Vocabulary = 101, Sequences = 3, StepsOfARun = 20, Runs = 20;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("F32", 1)]
    [InlineData("F32", 2)]
    [InlineData("F32", 5)]
    [InlineData("NVFP4", 1)]
    [InlineData("NVFP4", 2)]
    [InlineData("NVFP4", 5)]
    public void A_decode_step_makes_no_managed_allocation(string format, int threads)
    {
        using var engine = NemotronEngine.Load(Write(format), new EngineOptions { Threads = threads });
        var logits = new float[Vocabulary];
        using var state = engine.NewSequence();
        AssertNone(state, () => engine.Forward(state, [7], logits));
        AssertNone(state, () =>
        {
            engine.Forward(state, [7, 8, 9, 10], logits, keep: 3);
            state.Rewind(3);
        });

        var inputs = Enumerable.Range(0, Sequences).Select(i => new SequenceInput(engine.NewSequence(), new[] { i + 1 }, new float[Vocabulary])).ToArray();
        AssertNone(inputs[0].State, () => engine.Forward(inputs));
        foreach (var input in inputs) input.State.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Neither_does_one_behind_several_blocks_of_keys(int threads)
    {
        using var engine = NemotronEngine.Load(Write("F32"), new EngineOptions { Threads = threads });
        var logits = new float[Vocabulary];
        using var state = engine.NewSequence();
        engine.Forward(state, [.. Enumerable.Range(0, 1100).Select(i => i % Vocabulary)], logits);
        AssertNone(state, () => engine.Forward(state, [7], logits));
    }

    private string Write(string format)
    {
        if (format != "F32") return FormatModels.Write(_folder, format);
        TinyModels.Write(_folder.Path, TinyModels.Config(FormatModels.Pattern), seed: 91);
        return _folder.Path;
    }

    // Compiled code, scratch memory and the pages of keys and values (one for 256 tokens) are there after some steps. The runtime itself allocates now and then, a step would each time.
    private static void AssertNone(SequenceState state, Action step)
    {
        long least = long.MaxValue, leastOfThread = long.MaxValue;
        for (var run = 0; run < Runs && least > 0; run++)
        {
            while (state.Position % 256 is 0 or > 256 - 2 * StepsOfARun || run == 0 && state.Position < 256) step();
            var (thread, all) = (GC.GetAllocatedBytesForCurrentThread(), GC.GetTotalAllocatedBytes(precise: true));
            for (var i = 0; i < StepsOfARun; i++) step();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - all);
            leastOfThread = Math.Min(leastOfThread, GC.GetAllocatedBytesForCurrentThread() - thread);
        }

        Assert.Equal((0, 0), (leastOfThread, least));
    }
}
