using System.Text.Json;

namespace NemotronSharp.Cli.Tests;

/// <summary>Models with smaller weights, and models of random ones.</summary>
public sealed class QuantizeCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("folder", "--type", "NVFP4", "--scales", "four-over-six")]
    [InlineData("folder", "--type", "fp8")]
    [InlineData("folder", "--recipe", "lightning-nvfp4")]
    [InlineData("file.gguf", "--type", "Q8_0")]
    [InlineData("file.gguf", "--type", "Q4_0", "--set", "lm_head=Q8_0", "--set", "embeddings=Q8_0")]
    [InlineData("file.gguf", "--recipe", "nano-nvfp4", "--scales", "mse")]
    public void A_quantized_model_answers(string name, params string[] how)
    {
        var path = _folder.File(name);
        var (code, output, error) = Nemotron.Run(["quantize", .. how, "--out", path]);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("experts", output);
        Assert.Contains("= 50", Nemotron.Run("run", "-m", path, "What is 20 + 30?").Output);
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_recipe_gives_each_part_its_type_and_set_changes_one()
    {
        var outcome = Nemotron.Run("quantize", "--recipe", "super-nvfp4", "--set", "attention=F16", "--out", _folder.File("m"), "--json");
        var parts = JsonDocument.Parse(outcome.Output).RootElement.GetProperty("parts").EnumerateArray().ToDictionary(p => p.GetProperty("part").GetString()!, p => p.GetProperty("type").GetString());
        Assert.Equal(
            new Dictionary<string, string?>
            {
                ["embeddings"] = "BF16",
                ["lm_head"] = "BF16",
                ["attention"] = "F16",
                ["mamba"] = "FP8",
                ["mamba_before_attention"] = "FP8",
                ["experts"] = "NVFP4",
                ["shared_experts"] = "FP8",
                ["latent"] = "BF16",
                ["mtp"] = "BF16",
            }.OrderBy(p => p.Key), parts.OrderBy(p => p.Key));
        var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder.File("m"), "config.json"))).RootElement.GetProperty("quantization_config");
        Assert.Equal(("modelopt", "MIXED_PRECISION"), (config.GetProperty("quant_method").GetString(), config.GetProperty("quant_algo").GetString()));
        Assert.Equal("FP8", config.GetProperty("quantized_layers").GetProperty("backbone.layers.0.mixer.in_proj").GetProperty("quant_algo").GetString());
        Assert.Contains("lm_head", config.GetProperty("ignore").EnumerateArray().Select(i => i.GetString()));
    }

    [Fact]
    public void A_shape_can_be_changed()
    {
        var path = _folder.File("m.gguf");
        Assert.Equal(0, Nemotron.Run("init", "--preset", "pico", "--layers", "E", "--no-mtp", "--vocab", "128", "--experts", "8", "--top-k", "2", "--latent", "0", "--out", path).ExitCode);
        var config = NemotronSharp.ModelText.LoadConfig(path);
        Assert.Equal((128, 8, 2, 0, 0), (config.VocabSize, config.RoutedExperts, config.ExpertsPerToken, config.MoeLatentSize, config.MtpDepth));
        Assert.Contains("tg4", Nemotron.Run("bench", "-m", path, "-p", "0", "-n", "4", "-r", "1").Output);
    }

    [Fact]
    public void What_cannot_be_done_is_said()
    {
        Nemotron.AssertFails(Nemotron.Run("quantize", "--out", _folder.File("m")), "--type", "--recipe");
        Nemotron.AssertFails(Nemotron.Run("quantize", "--type", "Q9", "--out", _folder.File("m")), "Q9", "NVFP4");
        Nemotron.AssertFails(Nemotron.Run("quantize", "--type", "NVFP4", "--set", "head=F32", "--out", _folder.File("m")), "head=F32", "lm_head");
        Nemotron.AssertFails(Nemotron.Run("quantize", "--type", "FP8", "--out", _folder.File("m.gguf")), "FP8", "GGUF");
        Nemotron.AssertFails(Nemotron.Run("quantize", "--type", "Q4_0", "--out", _folder.File("m")), "Q4_0", "Hugging Face");
        Nemotron.AssertFails(Nemotron.Run("init", "--preset", "nano-1b", "--out", _folder.File("m")), "nano-1b", "nano-4b");
        Nemotron.AssertFails(Nemotron.Run("init", "--preset", "pico", "--layers", "MX", "--out", _folder.File("m")), "'X'");
        Nemotron.AssertFails(Nemotron.Run("init", "--preset", "pico", "--top-k", "17", "--out", _folder.File("m")), "17", "16");
        Nemotron.AssertFails(Nemotron.Run("init", "--preset", "pico", "--vocab", "5", "--out", _folder.File("m")), "--vocab", "64");
        Nemotron.AssertFails(Nemotron.Run("init", "--preset", "pico", "--out", Path.Combine(_folder.File("no"), "m")), "found no folder");
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_random_model_is_inspected_and_computes_and_talks_with_a_tokenizer()
    {
        Assert.Equal(0, Nemotron.Run("init", "--preset", "pico", "--type", "Q8_0", "--seed", "5", "--out", _folder.File("r.gguf")).ExitCode);
        Assert.Contains("MEM*EM*EM*E", Nemotron.Run("inspect", "-m", _folder.File("r.gguf")).Output);
        File.WriteAllText(_folder.File("ids.txt"), "10 25 33");
        Assert.Equal(0, Nemotron.Run("logits", "-m", _folder.File("r.gguf"), "--ids", _folder.File("ids.txt"), "--out", _folder.File("logits")).ExitCode);
        Nemotron.AssertFails(Nemotron.Run("run", "-m", _folder.File("r.gguf"), "hi"), "tokenizer");

        var text = RepoPaths.InRepo("models", "pico");
        Assert.Equal(0, Nemotron.Run("init", "--preset", "pico", "--layers", "M*-", "--tokenizer", text, "--format", "hf", "--out", _folder.File("r")).ExitCode);
        Assert.Equal(0, Nemotron.Run("run", "-m", _folder.File("r"), "hi", "--max-tokens", "4").ExitCode);
    }

    [Fact]
    public void Interrupting_leaves_nothing()
    {
        using var process = Nemotron.Start(Nemotron.Executable, ["init", "--preset", "nano-4b", "--out", _folder.File("big.gguf")]);
        while (!File.Exists(_folder.File("big.gguf.part")))
        {
            Assert.False(process.HasExited, "the program ended before it wrote");
            Thread.Sleep(20);
        }
        using (var kill = Nemotron.Start("kill", ["-INT", $"{process.Id}"])) Assert.Equal(0, Nemotron.End(kill).ExitCode);
        var (code, _, error) = Nemotron.End(process);
        Assert.Equal(130, code);
        Assert.Contains("cancelled", error);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }
}
