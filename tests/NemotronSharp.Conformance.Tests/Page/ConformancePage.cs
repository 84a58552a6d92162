using NemotronSharp.Conformance.Tests;

[assembly: AssemblyFixture(typeof(ConformancePage))]
// Tests share two cores with llama.cpp's threads, and what it logs belongs to the whole process.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace NemotronSharp.Conformance.Tests;

/// <summary>Writes docs/conformance.md after the last test, where the environment asks for it.</summary>
public sealed class ConformancePage : IDisposable
{
    private const string PathVariable = "NEMOTRON_CONFORMANCE_TABLE";

    private const string Introduction = """
        # Conformance: the same numbers as llama.cpp

        Written by `scripts/conformance`; the tests of `tests/NemotronSharp.Conformance.Tests` assert every row on every run.

        The reference is llama.cpp v0.5.0 as `npm` installs it (`tests/peers`), called in-process. Both engines open the same GGUF file and see the same
        token ids; llama.cpp keeps keys and values in float32 and computes attention without its fused kernel, and this engine runs with `EngineOptions.Float32`, so
        that nothing is rounded but by arithmetic. What this engine's faster whole-number products cost has [a table of its own](#activations-in-whole-numbers).
        *Relative* is the largest difference of two logits over the largest logit. Weights are random, of sizes that keep activations near 1 and really choose
        experts; `scripts/compare-llama -m FILE.gguf --activations float32` makes the same comparison on any file.

        How the limits follow: a float32 sum of n products is off by about √n · 6e-8 of its terms' size, in another way for every order of its terms; a handful
        of layers makes about 1e-6 of the largest logit of that, and the limit is 1e-5. Where llama.cpp rounds activations, the limit follows from that rounding
        (`ActivationRounding.cs`). Numbers vary a little with the processor, for which llama.cpp picks its kernels.

        """;

    /// <summary>Runs when all tests have.</summary>
    public void Dispose()
    {
        if (Environment.GetEnvironmentVariable(PathVariable) is not { Length: > 0 } path) return;
        File.WriteAllText(path, $"{Introduction}\n{string.Join('\n', ConformanceTable.All.Select(t => t.ToMarkdown()))}");
    }
}
