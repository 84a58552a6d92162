using System.Diagnostics;
using System.Text.Json;
using NemotronSharp.Checkpoints;
using NemotronSharp.Configuration;
using NemotronSharp.Numerics;

namespace NemotronSharp.Conformance.Tests;

/// <summary>scripts/compare-llama as a user runs it on a file.</summary>
public sealed class CompareCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_compares_logits_and_text_and_measures_both_engines(bool llamaDefaults)
    {
        var path = _folder.File("tiny.gguf");
        var config = Shape.Base("MEM*E");
        GgufModels.Write(path, config, TinyModels.Tensors(config, seed: 3));
        var (status, output, error) = Run(["compare", "-m", path, "--random", "40", "--positions", "9", "--tokens", "5", "--threads", "1", "--activations", "float32", "--json", .. llamaDefaults ? ["--llama-defaults"] : Array.Empty<string>()]);
        Assert.True(status == 0, error);

        using var json = JsonDocument.Parse(output);
        var difference = json.RootElement.GetProperty("Difference");
        Assert.Equal(9, difference.GetProperty("Rows").GetInt32());
        // A half-precision cache keeps 11 bits of keys and values.
        Assert.InRange(difference.GetProperty("Relative").GetDouble(), 0, llamaDefaults ? 5e-3 : Peers.Float32Limit);
        if (!llamaDefaults) Assert.Equal(5, json.RootElement.GetProperty("EqualTokens").GetInt32());
        foreach (var engine in (string[])["Ours", "Theirs"])
        {
            var result = json.RootElement.GetProperty(engine);
            Assert.Equal(5, result.GetProperty("Generated").GetArrayLength());
            foreach (var time in (string[])["Load", "Prompt", "Decode"]) Assert.True(result.GetProperty(time).GetDouble() > 0, time);
            var memory = result.GetProperty("Memory");
            Assert.InRange(memory.GetProperty("Anonymous").GetInt64() + memory.GetProperty("File").GetInt64(), 1L << 20, memory.GetProperty("Resident").GetInt64());
        }
    }

    [Fact]
    public void It_compares_a_file_with_the_same_weights_in_another_type()
    {
        string path = _folder.File("nvfp4.gguf"), twin = _folder.File("f32.gguf");
        ModelConversion.Initialize(NemotronPresets.Get("pico"), 3, path, ModelFormat.Gguf, QuantizationRecipe.Uniform(TensorType.NVFP4), cancellation: TestContext.Current.CancellationToken);
        using (var source = Checkpoint.Open(path)) GgufExport.Write(new CheckpointValues(source), twin, "twin", QuantizationRecipe.Uniform(TensorType.F32), GgufText.None);
        var (status, output, error) = Run("compare", "-m", path, "--llama-model", twin, "--random", "40", "--tokens", "5", "--threads", "1", "--activations", "float32", "--json");
        Assert.True(status == 0, error);
        using var json = JsonDocument.Parse(output);
        Assert.InRange(json.RootElement.GetProperty("Difference").GetProperty("Relative").GetDouble(), 0, Peers.Float32Limit);
    }

    [Fact]
    public void A_file_that_is_no_model_is_named()
    {
        var path = _folder.File("text.gguf");
        File.WriteAllText(path, "GGUF");
        var (status, _, error) = Run("compare", "-m", path);
        Assert.Equal(1, status);
        Assert.Contains(path, error);
        Assert.Single(error.Trim().Split('\n'));
    }

    private static (int Status, string Output, string Error) Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "NemotronSharp.LlamaCpp"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
