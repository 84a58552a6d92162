using System.Diagnostics;
using System.Runtime.Intrinsics;
using NemotronSharp.Tests.Model;

namespace NemotronSharp.Tests.Portability;

/// <summary>
/// Machines with narrower vectors, made by switching the runtime's instruction sets off in a process of its own: the kernels' own tests pass there, and logits
/// have the same bits as here.
/// </summary>
public sealed class NarrowMachineTests : IDisposable
{
    // All kernels' tests, but for comparisons of whole-number kernels with each other: there all are the same portable one.
    private static readonly string[] Arguments =
        ["-noColor", "-explicit", "on", "-class", "NemotronSharp.Tests.Kernels.*", "-method-", "*_same_bits*", "-method-", "*_bits_that_they_have_alone", "-class", typeof(InNarrowProcess).FullName!];

    // Of ten to twenty seconds, on a busy machine.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private static readonly Lazy<string[]> Here = new(() => [.. Fingerprints.Of(FormatModels.Pattern)]);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("EnableAVX512", 256)]
    [InlineData("EnableAVX2", 128)]
    [InlineData("EnableSSE42", 128)]
    public void Kernels_are_right_and_logits_have_the_same_bits(string switchedOff, int bits) => Assert.Equal(Here.Value, Run(switchedOff, bits, FormatModels.Pattern));

    /// <summary>
    /// No vectors at all: no 64-bit machine is like that. The library's vectorised exponential is another function there (the C library's, an ulp away now and
    /// then), so that only layers without it have the same bits; whole-number products do.
    /// </summary>
    [Fact]
    public void Without_any_vectors_kernels_are_right_and_sums_and_products_have_the_same_bits() =>
        Assert.Equal(Fingerprints.Of(Fingerprints.WithoutVectorExp), Run("EnableHWIntrinsic", 0, Fingerprints.WithoutVectorExp));

    private string[] Run(string switchedOff, int bits, string pattern)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, Arguments) { RedirectStandardOutput = true };
        start.Environment[$"DOTNET_{switchedOff}"] = "0";
        start.Environment[InNarrowProcess.BitsVariable] = $"{Math.Min(bits, InNarrowProcess.VectorBits)}";
        start.Environment[InNarrowProcess.PatternVariable] = pattern;
        start.Environment[InNarrowProcess.FileVariable] = _folder.File("fingerprints");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        if (!process.WaitForExit(Patience))
        {
            process.Kill();
            Assert.Fail($"the tests did not end within {Patience}");
        }
        Assert.True(process.ExitCode == 0, output.Result);
        return File.ReadAllLines(_folder.File("fingerprints"));
    }
}

/// <summary>What <see cref="NarrowMachineTests"/> asks of its process; nobody else runs these.</summary>
public sealed class InNarrowProcess
{
    public const string BitsVariable = "NEMOTRON_TEST_VECTOR_BITS", PatternVariable = "NEMOTRON_TEST_PATTERN", FileVariable = "NEMOTRON_TEST_FINGERPRINTS";

    /// <summary>Width of this process's vectors.</summary>
    public static int VectorBits => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;

    [Fact(Explicit = true)]
    public void Vectors_are_as_wide_as_asked_for() => Assert.Equal(Environment.GetEnvironmentVariable(BitsVariable), $"{VectorBits}");

    [Fact(Explicit = true)]
    public void Fingerprints_are_written() => File.WriteAllLines(Environment.GetEnvironmentVariable(FileVariable)!, Fingerprints.Of(Environment.GetEnvironmentVariable(PatternVariable)!));
}
