using NemotronSharp.Checkpoints;
using NemotronSharp.Numerics;

namespace NemotronSharp.Tests.Checkpoints;

public sealed class HuggingFaceFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly NemotronConfig _config = TinyModels.Config();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Shards_give_the_same_logits_as_one_file()
    {
        var tensors = TinyModels.Tensors(_config, seed: 1);
        HuggingFaceFolder.Write(_folder.File("one"), _config, tensors);
        HuggingFaceFolder.Write(_folder.File("many"), _config, tensors, shardBytes: 40_000);
        Assert.True(Directory.GetFiles(_folder.File("many"), "model-*-of-*.safetensors").Length > 3);
        Assert.Equal(Logits(_folder.File("one")), Logits(_folder.File("many")));
    }

    [Fact]
    public void Every_name_variant_loads_to_the_same_logits()
    {
        var tensors = TinyModels.Tensors(_config, seed: 1);
        HuggingFaceFolder.Write(_folder.File("vendor"), _config, tensors);
        var expected = Logits(_folder.File("vendor"));

        HuggingFaceFolder.Write(_folder.File("native"), _config, [.. Merged(tensors).Select(t => t with { Name = t.Name.Replace("backbone.", "model.") })]);
        HuggingFaceFolder.Write(_folder.File("wrapped"), _config, [.. tensors.Select(t => t with { Name = "language_model." + t.Name })]);
        HuggingFaceFolder.Write(_folder.File("older"), _config, [.. tensors.Select(t => t with { Name = t.Name.Replace("embeddings", "embedding") })]);
        foreach (var variant in new[] { "native", "wrapped", "older" }) Assert.Equal(expected, Logits(_folder.File(variant)));
    }

    [Fact]
    public void A_missing_tensor_is_named_with_its_shape()
    {
        var tensors = TinyModels.Tensors(_config, seed: 1);
        HuggingFaceFolder.Write(_folder.Path, _config, [.. tensors.Where(t => t.Name != "backbone.layers.0.mixer.dt_bias")]);
        var message = Assert.Throws<InvalidDataException>(() => NemotronEngine.Load(_folder.Path)).Message;
        Assert.Contains("'backbone.layers.0.mixer.dt_bias'", message);
        Assert.Contains("[4]", message);
    }

    [Fact]
    public void A_tensor_of_another_shape_is_named_with_found_and_expected()
    {
        var tensors = TinyModels.Tensors(_config, seed: 1);
        var at = tensors.FindIndex(t => t.Name == "lm_head.weight");
        tensors[at] = TensorContent.FromSingles("lm_head.weight", TensorType.F32, [2, 3], new float[6]);
        HuggingFaceFolder.Write(_folder.Path, _config, tensors);
        var message = Assert.Throws<InvalidDataException>(() => NemotronEngine.Load(_folder.Path)).Message;
        Assert.Contains("'lm_head.weight': found F32 [2, 3], expected a floating or block type [101, 40]", message);
    }

    [Theory]
    [InlineData("""{"weight_map": {"x": "../outside.safetensors"}}""", "../outside.safetensors")]
    [InlineData("""{"weight_map": {"x": "absent.safetensors"}}""", "absent.safetensors")]
    [InlineData("""{"weight_map": {"x": 3}}""", "tensor 'x'")]
    [InlineData("""{}""", "weight_map")]
    [InlineData("""{"weight_map": {"x": "a.safetensors", "x": "b.safetensors"}}""", "JSON")]
    [InlineData("""{"weight_map": {"x": "\ud800"}}""", "JSON")]
    [InlineData("""{"weight_map":""", "JSON")]
    public void A_bad_index_is_refused(string index, string found)
    {
        File.WriteAllText(_folder.File("config.json"), _config.ToJson());
        File.WriteAllText(_folder.File("model.safetensors.index.json"), index);
        Assert.Contains(found, Assert.Throws<InvalidDataException>(() => HuggingFaceFolder.Open(_folder.Path)).Message);
    }

    [Fact]
    public void A_folder_without_weights_or_config_says_so()
    {
        Assert.Contains("config.json", Assert.Throws<InvalidDataException>(() => HuggingFaceFolder.Open(_folder.Path)).Message);
        File.WriteAllText(_folder.File("config.json"), _config.ToJson());
        Assert.Contains("model.safetensors", Assert.Throws<InvalidDataException>(() => HuggingFaceFolder.Open(_folder.Path)).Message);
        Assert.Throws<DirectoryNotFoundException>(() => HuggingFaceFolder.Open(_folder.File("nowhere")));
    }

    private static float[] Logits(string folder)
    {
        using var engine = NemotronEngine.Load(folder, new EngineOptions { Threads = 1 });
        using var state = engine.NewSequence();
        var logits = new List<float>();
        engine.ForwardAll(state, [3, 1, 4, 1, 5, 92], (_, row) => logits.AddRange(row));
        return [.. logits];
    }

    // transformers' own class stacks a layer's experts into one tensor.
    private static IEnumerable<TensorContent> Merged(IEnumerable<TensorContent> tensors)
    {
        foreach (var group in tensors.GroupBy(t => System.Text.RegularExpressions.Regex.Replace(t.Name, @"\.experts\.\d+\.(\w+)\.weight$", ".experts.$1")))
        {
            var parts = group.ToList();
            if (parts.Count == 1) yield return parts[0];
            else yield return new TensorContent(group.Key, parts[0].Type, [parts.Count, .. parts[0].Shape], stream => parts.ForEach(p => p.Write(stream)));
        }
    }
}
