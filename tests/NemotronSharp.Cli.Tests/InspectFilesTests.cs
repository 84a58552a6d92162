using System.Text.Json.Nodes;
using NemotronSharp.Checkpoints;
using NemotronSharp.Numerics;
using NemotronSharp.Tests;
using NemotronSharp.Tests.Checkpoints;

namespace NemotronSharp.Cli.Tests;

/// <summary>What <c>inspect</c> shows of a model's files.</summary>
public sealed class InspectFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_quantized_folder_shows_types_parts_scales_and_what_does_not_fit()
    {
        var stored = ModelOptTensors.Quantized(TinyModels.Tensors(ModelOptTensors.Config, seed: 1), "mixed", seed: 2).Stored;
        Write([.. stored.Where(t => t.Name != "backbone.norm_f.weight"), Scalar("backbone.layers.2.mixer.k_proj.k_scale", 0.25f), Scalar("extra.thing", 1)]);
        File.WriteAllText(_folder.File("hf_quant_config.json"), """{"producer":{"name":"modelopt","version":"0.43"},"quantization":{"quant_algo":"FP8","kv_cache_quant_algo":"FP8"}}""");
        var (code, output, error) = Nemotron.Run("inspect", "-m", _folder.Path);
        Assert.Equal((0, ""), (code, error));
        // 4 expert layers with the head's, 10 experts and 2 matrices each: 4 bits a weight, 8 a block of 16, and two factors of 4 bytes a matrix.
        Assert.Matches(@"NVFP4 +80 +122,880 +69,760 +4\.542 +", output);
        Assert.Matches(@"  experts +NVFP4 × 60 +52,320", output);
        Assert.Matches(@"mamba( projections| before attention) +(F32|FP8) × \d", output);
        Assert.Matches(@"format +Hugging Face folder, 1 file", output);
        Assert.Matches(@"hf_quant_config\.json +quant_algo FP8, kv_cache_quant_algo FP8, by modelopt 0\.43", output);
        Assert.Matches(@"key/value scales +0\.25 to 1 in 1 of the attention layers;", output);
        Assert.Matches(@"missing +1: backbone\.norm_f\.weight", output);
        Assert.Matches(@"not used +1: extra\.thing", output);
        Assert.Matches(@"WARNING +hf_quant_config\.json: found quant_algo FP8", output);

        var json = JsonNode.Parse(Nemotron.Run("inspect", "-m", _folder.Path, "--json").Output)!;
        Assert.Null(json["tensors"]);
        var files = json["checkpoint"]!;
        Assert.Equal(new FileInfo(_folder.File("model.safetensors")).Length, (long)files["files"]![0]!["bytes"]!);
        Assert.Equal("""["backbone.norm_f.weight"]""", files["missing"]!.ToJsonString());
        Assert.Equal("""["extra.thing"]""", files["unread"]!.ToJsonString());
        Assert.Equal((80, 122_880L), files["types"]!.AsArray().Where(t => (string)t!["type"]! == "NVFP4").Select(t => ((int)t!["tensors"]!, (long)t["weights"]!)).Single());
        Assert.Equal("FP8", (string)files["declared_quantization"]![0]!["kv_cache_quant_algo"]!);
        Assert.Equal(0.25, (double)files["key_value_scales"]![0]!["key"]!);
        Assert.Single(files["warnings"]!.AsArray());
    }

    [Fact]
    public void Every_tensor_is_listed_as_it_lies_in_its_file()
    {
        var stored = ModelOptTensors.Quantized(TinyModels.Tensors(ModelOptTensors.Config, seed: 1), "nvfp4", seed: 2).Stored;
        HuggingFaceFolder.Write(_folder.Path, ModelOptTensors.Config, [.. stored.Select(t => t with { Name = t.Name.Replace("backbone.", "model.", StringComparison.Ordinal) })], shardBytes: 100_000);
        var list = Nemotron.Run("inspect", "-m", _folder.Path, "--tensors").Output;
        Assert.Equal(stored.Count, list.Split('\n').Count(l => l.Contains(".safetensors", StringComparison.Ordinal) && !l.StartsWith("  file", StringComparison.Ordinal)));
        Assert.Matches(@"model\.layers\.0\.mixer\.in_proj\.weight +U8 +\[\d+, 32\] +\d+  model-0000\d-of-0000\d\.safetensors", list);

        var json = JsonNode.Parse(Nemotron.Run("inspect", "-m", _folder.Path, "--tensors", "--json").Output)!["tensors"]!.AsArray();
        Assert.Equal(stored.Count, json.Count);
        var scale = json.Single(t => (string)t!["name"]! == "lm_head.weight_scale")!;
        Assert.Equal(("F8E4M3", "[101,4]", 404L), ((string)scale["type"]!, scale["shape"]!.ToJsonString(), (long)scale["bytes"]!));
        Assert.Contains(json, t => (string)t!["vendor_name"]! == "backbone.norm_f.weight" && (string)t["name"]! == "model.norm_f.weight");
    }

    [Fact]
    public void A_GGUF_file_says_what_it_is()
    {
        var file = _folder.File("pico.gguf");
        Assert.Equal(0, Nemotron.Run("convert", "--type", "Q8_0", "--out", file).ExitCode);
        var output = Nemotron.Run("inspect", "-m", file).Output;
        Assert.Matches(@"format +GGUF version 3, 1 file", output);
        Assert.Matches(@"tokenizer\.ggml\.model +gpt2", output);
        Assert.Matches(@"Q8_0 +\d+ +[\d,]+ +[\d,]+ +8\.500", output);
        Assert.Matches(@"missing +nothing", output);
        Assert.Matches(@"not used +nothing", output);
    }

    [Fact]
    public void A_shape_without_weights_is_shown_and_errors_are_named()
    {
        Write(TinyModels.Tensors(ModelOptTensors.Config, seed: 1));
        File.WriteAllText(_folder.File("hf_quant_config.json"), "{");
        Nemotron.AssertFails(Nemotron.Run("inspect", "-m", _folder.Path), "hf_quant_config.json", "not valid JSON");
        Nemotron.AssertFails(Nemotron.Run("inspect", "--preset", "nano-30b-a3b", "--tensors"), "--tensors", "--preset");

        Assert.Contains("ME*-MEM*E", Nemotron.Run("inspect", "-m", _folder.File("config.json")).Output);
        File.Delete(_folder.File("model.safetensors"));
        var (code, output, _) = Nemotron.Run("inspect", "-m", _folder.Path);
        Assert.Equal(0, code);
        Assert.Contains("ME*-MEM*E", output);
        Assert.DoesNotContain("format", output);
        Nemotron.AssertFails(Nemotron.Run("inspect", "-m", _folder.Path, "--tensors"), "--tensors", "no weights");
    }

    private void Write(IReadOnlyList<TensorContent> tensors) => HuggingFaceFolder.Write(_folder.Path, ModelOptTensors.Config, tensors);

    private static TensorContent Scalar(string name, float value) => TensorContent.FromSingles(name, TensorType.F32, [], new[] { value });
}
