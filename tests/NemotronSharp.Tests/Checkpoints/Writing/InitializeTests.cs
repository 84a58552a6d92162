using NemotronSharp.Checkpoints;
using NemotronSharp.Configuration;
using NemotronSharp.Numerics;

namespace NemotronSharp.Tests.Checkpoints.Writing;

/// <summary>Models of random weights.</summary>
public sealed class InitializeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(TensorType.F32, ModelFormat.Gguf)]
    [InlineData(TensorType.F16, ModelFormat.HuggingFace)]
    [InlineData(TensorType.BF16, ModelFormat.HuggingFace)]
    [InlineData(TensorType.F8E4M3, ModelFormat.HuggingFace)]
    [InlineData(TensorType.NVFP4, ModelFormat.HuggingFace)]
    [InlineData(TensorType.NVFP4, ModelFormat.Gguf)]
    [InlineData(TensorType.Q8_0, ModelFormat.Gguf)]
    [InlineData(TensorType.Q4_0, ModelFormat.Gguf)]
    public void Logits_are_finite_and_about_one_in_every_type(TensorType type, ModelFormat format)
    {
        var path = _folder.File(format == ModelFormat.Gguf ? "random.gguf" : "random");
        // Deeper than any shipped model, so that growth from layer to layer would show.
        var config = NemotronPresets.Get("pico") with { Layers = TinyModels.Schedule(string.Concat(Enumerable.Repeat("MEM*-", 16))), IntermediateSize = 384 };
        Write(config, 7, path, format, QuantizationRecipe.Uniform(type));
        using var engine = NemotronEngine.Load(path);
        using var state = engine.NewSequence();
        double squares = 0;
        engine.ForwardAll(state, [.. Enumerable.Range(0, 64).Select(i => i * 61 % 4096)], (_, logits) =>
        {
            foreach (var logit in logits) squares += logit * (double)logit;
        });
        Assert.InRange(Math.Sqrt(squares / 64 / 4096), 0.5, 2);
        Assert.True(engine.HasMtp);
    }

    private static void Write(NemotronConfig config, ulong seed, string path, ModelFormat format, QuantizationRecipe recipe) =>
        ModelConversion.Initialize(config, seed, path, format, recipe, cancellation: TestContext.Current.CancellationToken);

    [Fact]
    public void The_same_seed_is_the_same_file_and_another_seed_another()
    {
        var config = NemotronPresets.Get("pico");
        foreach (var (name, seed) in ((string, ulong)[])[("a", 1), ("b", 1), ("c", 2)]) Write(config, seed, _folder.File($"{name}.gguf"), ModelFormat.Gguf, QuantizationRecipe.Uniform(TensorType.BF16));
        byte[] a = File.ReadAllBytes(_folder.File("a.gguf")), b = File.ReadAllBytes(_folder.File("b.gguf")), c = File.ReadAllBytes(_folder.File("c.gguf"));
        // The files' names are in them.
        Assert.Equal(a.Length, c.Length);
        Assert.Equal(a[^1_000_000..], b[^1_000_000..]);
        Assert.NotEqual(a[^1_000_000..], c[^1_000_000..]);
    }

    [Fact]
    public void Numbers_are_normal_and_independent()
    {
        var rows = Enumerable.Range(0, 200).Select(row =>
        {
            var values = new float[1003];
            NormalSource.Fill(42, row, 1, values);
            return values;
        }).ToArray();
        var all = rows.SelectMany(r => r).Select(v => (double)v).ToArray();
        Assert.InRange(all.Average(), -0.01, 0.01);
        Assert.InRange(all.Average(v => v * v), 0.99, 1.01);
        Assert.InRange(all.Average(v => v * v * v * v), 2.85, 3.1);
        for (var row = 1; row < 50; row++) Assert.InRange(rows[row].Zip(rows[row - 1], (x, y) => x * y).Average(), -0.15, 0.15);
    }

    [Fact]
    public void What_a_format_does_not_have_is_said()
    {
        var config = NemotronPresets.Get("pico");
        Assert.Contains("FP8", Assert.Throws<InvalidDataException>(() => Write(config, 1, _folder.File("x.gguf"), ModelFormat.Gguf, QuantizationRecipe.Uniform(TensorType.F8E4M3))).Message);
        Assert.Contains("Q4_0", Assert.Throws<InvalidDataException>(() => Write(config, 1, _folder.File("x"), ModelFormat.HuggingFace, QuantizationRecipe.Uniform(TensorType.Q4_0))).Message);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }
}
