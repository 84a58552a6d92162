using NemotronSharp.Checkpoints;
using NemotronSharp.Numerics;

namespace NemotronSharp.Tests.Checkpoints;

/// <summary>What is said of a model's files: nothing lost, nothing counted twice.</summary>
public sealed class CheckpointSummaryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_quantized_matrix_is_one_tensor_with_its_companions()
    {
        var (config, plain) = (ModelOptTensors.Config, TinyModels.Tensors(ModelOptTensors.Config, seed: 51));
        HuggingFaceFolder.Write(_folder.Path, config, ModelOptTensors.Quantized(plain, "mixed", seed: 52).Stored, shardBytes: 100_000);
        using var checkpoint = Checkpoint.Open(_folder.Path);
        var summary = CheckpointSummary.Of(checkpoint);

        Assert.Equal("Hugging Face folder", summary.Format);
        Assert.Equal(Directory.GetFiles(_folder.Path, "*.safetensors").Length, summary.Files.Count);
        Assert.True(summary.Files.Count > 2);
        Assert.Empty(summary.Missing);
        Assert.Empty(summary.Unread);
        Assert.Equal(plain.Select(t => t.Name).Order(), summary.Entries.Select(e => e.Name).Order());
        Assert.Equal(plain.Sum(t => t.ByteLength / 4), summary.Entries.Sum(e => e.Weights));
        Assert.Equal(checkpoint.Tensors.Values.Sum(t => t.ByteLength), summary.Entries.Sum(e => e.Bytes));

        var expert = summary.Entries.Single(e => e.Name == "backbone.layers.1.mixer.experts.3.up_proj.weight");
        Assert.Equal((ModelPart.Experts, "NVFP4", 32L * 48, 32L * 48 / 2 + 32 * 48 / 16 + 8), (expert.Part, expert.Format, expert.Weights, expert.Bytes));
        Assert.Equal(["weight", "input_scale", "weight_scale", "weight_scale_2"], [expert.Tensors[0].Name.Split('.')[^1], .. expert.Tensors.Skip(1).Select(t => t.Name.Split('.')[^1]).Order(StringComparer.Ordinal)]);
        Assert.Contains(summary.Entries, e => e is { Part: ModelPart.Mamba, Format: "FP8" } && e.Bytes == e.Weights + 4);
        Assert.Equal(Enum.GetValues<ModelPart>().Except([ModelPart.Unread]), summary.Entries.Select(e => e.Part).Distinct().Order());
    }

    [Theory]
    [InlineData(TensorType.BF16)]
    [InlineData(TensorType.NVFP4)]
    public void A_GGUF_file_has_every_tensor_and_says_what_it_is(TensorType type)
    {
        HuggingFaceFolder.Write(_folder.Path, ModelOptTensors.Config, ModelOptTensors.Quantized(TinyModels.Tensors(ModelOptTensors.Config, seed: 53), "nvfp4", seed: 54).Stored);
        var file = _folder.File("tiny.gguf");
        using (var source = Checkpoint.Open(_folder.Path)) GgufExport.Write(new CheckpointValues(source), file, "tiny", QuantizationRecipe.Uniform(type), [new("general.file_type", GgufValue.Of(15u)), new("tokenizer.ggml.model", GgufValue.Of("gpt2"))]);
        using var checkpoint = Checkpoint.Open(file);
        var summary = CheckpointSummary.Of(checkpoint);
        Assert.Equal("GGUF version 3", summary.Format);
        Assert.Equal([("tiny.gguf", new FileInfo(file).Length)], summary.Files);
        Assert.Empty(summary.Missing);
        Assert.Empty(summary.Unread);
        Assert.Equal(checkpoint.Tensors.Values.Sum(t => t.ByteLength), summary.Entries.Sum(e => e.Bytes));
        Assert.Equal(type == TensorType.NVFP4, checkpoint.Tensors.Keys.Any(n => n.EndsWith(".scale", StringComparison.Ordinal)));
        Assert.DoesNotContain(summary.Entries, e => e.Name.EndsWith("scale", StringComparison.Ordinal));
        foreach (var fact in (ReadOnlySpan<(string, string)>)[("general.name", "tiny"), ("general.file_type", "15 (mostly Q4_K, medium)"), ("general.quantization_version", "2"), ("tokenizer.ggml.model", "gpt2")]) Assert.Contains(fact, summary.Metadata);
    }

    // The head may be left out; every other tensor is needed, and the engine says so as well.
    [Fact]
    public void What_is_missing_is_what_the_engine_misses_and_what_is_too_much_is_listed()
    {
        var tensors = TinyModels.Tensors(TinyModels.Config(), seed: 55);
        foreach (var name in (string[])["backbone.embeddings.weight", "backbone.layers.0.mixer.A_log", "backbone.layers.1.mixer.experts.9.down_proj.weight", "lm_head.weight", "mtp.layers.1.norm.weight"])
        {
            HuggingFaceFolder.Write(_folder.Path, TinyModels.Config(), [.. tensors.Where(t => t.Name != name)]);
            Assert.Equal([name], Summary().Missing);
            Assert.Contains(name, Assert.Throws<InvalidDataException>(() => NemotronEngine.Load(_folder.Path)).Message);
        }

        HuggingFaceFolder.Write(_folder.Path, TinyModels.Config(), [.. tensors.Where(t => !t.Name.StartsWith("mtp.", StringComparison.Ordinal)), Scalar("vision.projector.weight"), Scalar("backbone.layers.2.mixer.k_proj.input_scale"), Scalar("backbone.layers.2.mixer.q_proj.k_scale")]);
        var summary = Summary();
        Assert.Empty(summary.Missing);
        Assert.Equal(["backbone.layers.2.mixer.q_proj.k_scale", "vision.projector.weight"], summary.Unread.Select(e => e.Name).Order(StringComparer.Ordinal));
        NemotronEngine.Load(_folder.Path).Dispose();
    }

    [Fact]
    public void Merged_experts_count_as_read()
    {
        var config = TinyModels.Config("E", mtp: false);
        var tensors = TinyModels.Tensors(config, seed: 56);
        const string up = "backbone.layers.0.mixer.experts.up_proj", down = "backbone.layers.0.mixer.experts.down_proj";
        HuggingFaceFolder.Write(
            _folder.Path, config,
            [
                .. tensors.Where(t => !t.Name.Contains(".experts.", StringComparison.Ordinal)),
                TensorContent.FromSingles(up, TensorType.F32, [10, 28, 20], new float[10 * 28 * 20]), TensorContent.FromSingles(down, TensorType.F32, [10, 20, 28], new float[10 * 28 * 20]),
            ]);
        var summary = Summary();
        Assert.Empty(summary.Missing);
        Assert.Empty(summary.Unread);
        Assert.Equal(2, summary.Entries.Count(e => e.Part == ModelPart.Experts));
    }

    [Fact]
    public void Cache_scales_are_listed_by_layer()
    {
        HuggingFaceFolder.Write(_folder.Path, TinyModels.Config(), [.. TinyModels.Tensors(TinyModels.Config(), seed: 57), Scalar("backbone.layers.2.mixer.k_proj.k_scale", 0.25f), Scalar("backbone.layers.2.mixer.v_proj.v_scale", 0.5f), Scalar("backbone.layers.7.mixer.v_proj.v_scale", 2)]);
        var summary = Summary();
        Assert.Equal([new("backbone.layers.2.mixer", 0.25f, 0.5f), new("backbone.layers.7.mixer", 1, 2)], summary.KeyValueScales);
        Assert.Empty(summary.Unread);
        Assert.Equal(3, summary.Entries.Count(e => e.Part == ModelPart.Attention && e.Weights == 1));
    }

    [Theory]
    [InlineData("nvfp4", "\"NVFP4\"", false)]
    [InlineData("nvfp4", "\"W4A16_NVFP4\"", false)]
    [InlineData("fp8", "\"FP8\"", false)]
    [InlineData("mixed", "\"MIXED_PRECISION\"", false)]
    [InlineData("none", "null", false)]
    [InlineData("mixed", "\"NVFP4\"", true)]
    [InlineData("fp8", "\"NVFP4\"", true)]
    [InlineData("nvfp4", "\"FP8\"", true)]
    [InlineData("none", "\"FP8\"", true)]
    [InlineData("none", "\"MIXED_PRECISION\"", true)]
    [InlineData("fp8", "null", true)]
    [InlineData("fp8", "\"W4A8_AWQ\"", true)]
    public void A_statement_that_contradicts_the_tensors_is_a_warning(string format, string algorithm, bool contradicts)
    {
        HuggingFaceFolder.Write(_folder.Path, ModelOptTensors.Config, ModelOptTensors.Quantized(TinyModels.Tensors(ModelOptTensors.Config, seed: 58), format == "none" ? "" : format, seed: 59).Stored);
        File.WriteAllText(_folder.File("hf_quant_config.json"), $$"""{"producer":{"name":"modelopt","version":"0.43"},"quantization":{"quant_algo":{{algorithm}},"kv_cache_quant_algo":"FP8","group_size":16} }""");
        var summary = Summary();
        Assert.Equal([new("hf_quant_config.json", "modelopt 0.43", algorithm == "null" ? null : algorithm.Trim('"'), "FP8")], summary.Declared);
        if (contradicts) Assert.StartsWith("hf_quant_config.json: found quant_algo " + algorithm.Trim('"'), Assert.Single(summary.Warnings));
        else Assert.Empty(summary.Warnings);
    }

    [Theory]
    [InlineData("hf_quant_config.json", "{", "not valid JSON")]
    [InlineData("hf_quant_config.json", "[]", "expected an object")]
    [InlineData("hf_quant_config.json", "{}", "'quantization': found nothing")]
    [InlineData("hf_quant_config.json", """{"quantization":{"quant_algo":7}}""", "'quant_algo': found 7, expected a text or null")]
    [InlineData("hf_quant_config.json", """{"quantization":{"quant_algo":"FP8","quant_algo":"NVFP4"}}""", "not valid JSON")]
    [InlineData("config.json", """ "quantization_config":"FP8",""", "'quantization_config': found \"FP8\", expected an object")]
    [InlineData("config.json", """ "quantization_config":{"kv_cache_scheme":8},""", "'kv_cache_scheme': found 8")]
    [InlineData("config.json", """ "quantization_config":{"quant_algo":"FP8",},""", "not valid JSON")]
    public void A_malformed_statement_is_named(string file, string text, string expected)
    {
        TinyModels.Write(_folder.Path, TinyModels.Config(), seed: 60);
        var path = _folder.File(file);
        File.WriteAllText(path, file == "config.json" ? "{" + text + File.ReadAllText(path)[1..] : text);
        var message = Assert.Throws<InvalidDataException>(Summary).Message;
        Assert.Contains(path, message);
        Assert.Contains(expected, message);
    }

    [Fact]
    public void The_statement_in_config_json_is_read_too()
    {
        TinyModels.Write(_folder.Path, TinyModels.Config(), seed: 61);
        var config = _folder.File("config.json");
        File.WriteAllText(config, """{"quantization_config":{"quant_method":"modelopt","quant_algo":"FP8","kv_cache_scheme":{"dynamic":false,"num_bits":8,"type":"float"}},""" + File.ReadAllText(config)[1..]);
        var summary = Summary();
        Assert.Equal([new("config.json, quantization_config", null, "FP8", "FP8")], summary.Declared);
        Assert.Contains("0 NVFP4 and 0 FP8", Assert.Single(summary.Warnings));
    }

    private CheckpointSummary Summary()
    {
        using var checkpoint = Checkpoint.Open(_folder.Path);
        return CheckpointSummary.Of(checkpoint);
    }

    private static TensorContent Scalar(string name, float value = 1) => TensorContent.FromSingles(name, TensorType.F32, [], new[] { value });
}
