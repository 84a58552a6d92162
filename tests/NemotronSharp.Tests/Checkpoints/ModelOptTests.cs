using NemotronSharp.Checkpoints;
using NemotronSharp.Numerics;
using static NemotronSharp.Tests.Checkpoints.ModelOptTensors;

namespace NemotronSharp.Tests.Checkpoints;

/// <summary>Hugging Face folders as ModelOpt quantizes them, against the same folders with every weight written out.</summary>
public sealed class ModelOptTests : IDisposable
{
    private static readonly int[] Ids = [.. Enumerable.Range(0, 21).Select(i => i * 37 % 101)];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("nvfp4")]
    [InlineData("fp8")]
    [InlineData("mixed")]
    public void Every_matrix_is_read_by_its_companions(string format)
    {
        var (stored, plain) = Quantized(TinyModels.Tensors(Config, seed: 12), format, seed: 11);
        string folder = _folder.File("stored"), expected = _folder.File("plain");
        HuggingFaceFolder.Write(folder, Config, stored);
        HuggingFaceFolder.Write(expected, Config, plain);
        Assert.Equal(Logits(expected), Logits(folder));
    }

    [Fact]
    public void NVFP4_goes_into_GGUF_without_a_bit_changed()
    {
        // Rows of whole GGUF blocks everywhere. Latent projections and the MTP head are encoded anew: llama.cpp has no factor there.
        var config = Config with { MoeIntermediateSize = 64, MoeLatentSize = 0 };
        var (stored, random, quantized) = (new List<TensorContent>(), new Random(13), 0);
        foreach (var tensor in TinyModels.Tensors(config, seed: 14))
            if (tensor.Shape.Count == 2 && tensor.Name.Contains("_proj", StringComparison.Ordinal) && !tensor.Name.StartsWith("mtp.", StringComparison.Ordinal))
            {
                NvFp4(tensor, random, stored, []);
                quantized++;
            }
            else stored.Add(tensor);
        string folder = _folder.File("stored"), file = _folder.File("stored.gguf");
        HuggingFaceFolder.Write(folder, config, stored);
        using (var source = HuggingFaceFolder.Open(folder)) GgufExport.Write(new CheckpointValues(source), file, "tiny", QuantizationRecipe.Keep);

        using (var gguf = GgufFile.Open(file)) Assert.Contains(gguf.Tensors.Values, t => t.Name.EndsWith("ffn_up_exps.scale", StringComparison.Ordinal) && t.Count == config.RoutedExperts);
        Assert.True(quantized > 20);
        // What was no NVFP4 has been quantized on the way (embeddings, output) or kept: the folder with those decoded gives the same logits.
        Assert.Equal(Logits(Decoded(file)), Logits(file));
        using var packed = HuggingFaceFolder.Open(folder);
        using var exported = Checkpoint.Open(file);
        foreach (var (name, tensor) in packed.Tensors.Where(t => t.Value.Type == TensorType.U8 && !t.Key.Contains(".experts.", StringComparison.Ordinal)))
        {
            var (rows, columns) = ((int)tensor.Shape[0], (int)tensor.Shape[1] * 2);
            var (from, to) = (MatrixReader.Read(packed.Tensors, folder, name, rows, columns), MatrixReader.Read(exported.Tensors, file, name, rows, columns));
            Assert.Equal(TensorType.NVFP4, to.Type);
            var (a, b) = (new float[columns], new float[columns]);
            for (var r = 0; r < rows; r++)
            {
                from.CopyRow(r, a);
                to.CopyRow(r, b);
                Assert.Equal(a, b);
            }
        }
    }

    private string Decoded(string file)
    {
        var path = _folder.File("decoded.gguf");
        using var source = Checkpoint.Open(file);
        GgufExport.Write(new CheckpointValues(source), path, "tiny", QuantizationRecipe.Uniform(TensorType.F32));
        return path;
    }

    [Theory]
    [InlineData("lm_head.weight_scale_2", null, "lm_head.weight_scale_2", "found nothing")]
    [InlineData("lm_head.weight_scale", "[101, 3]", "lm_head.weight_scale", "[101, 4]")]
    [InlineData("lm_head.weight", "[101, 31]", "lm_head.weight", "[101, 32]")]
    [InlineData("lm_head.weight_scale_2", "NaN", "lm_head.weight_scale_2", "finite")]
    public void A_companion_that_does_not_fit_is_named(string name, string? change, string named, string expected)
    {
        var stored = new List<TensorContent>();
        foreach (var tensor in TinyModels.Tensors(Config, seed: 12))
            if (tensor.Name == "lm_head.weight") NvFp4(tensor, new Random(1), stored, []);
            else stored.Add(tensor);
        var at = stored.FindIndex(t => t.Name == name);
        var old = stored[at];
        stored.RemoveAt(at);
        if (change == "NaN") stored.Add(TensorContent.FromSingles(name, TensorType.F32, [], new[] { float.NaN }));
        else if (change is not null)
        {
            long[] shape = [.. change.Trim('[', ']').Split(',').Select(long.Parse)];
            stored.Add(Bytes(name, old.Type, shape, new byte[shape[0] * shape[1]]));
        }
        HuggingFaceFolder.Write(_folder.File("bad"), Config, stored);
        var message = Assert.Throws<InvalidDataException>(() => NemotronEngine.Load(_folder.File("bad"))).Message;
        Assert.Contains(named, message);
        Assert.Contains(expected, message);
    }

    [Theory]
    [InlineData("k_proj.k_scale", float.NaN, "finite")]
    [InlineData("k_proj.k_scale", 0f, "above 0")]
    [InlineData("v_proj.v_scale", -1f, "above 0")]
    [InlineData("v_proj.v_scale", float.PositiveInfinity, "finite")]
    public void A_scale_of_the_cache_that_is_none_is_named(string name, float scale, string expected)
    {
        var full = $"backbone.layers.2.mixer.{name}";
        HuggingFaceFolder.Write(_folder.File("bad"), ModelOptTensors.Config, [.. TinyModels.Tensors(ModelOptTensors.Config, seed: 12), TensorContent.FromSingles(full, TensorType.F32, [], new[] { scale })]);
        var message = Assert.Throws<InvalidDataException>(() => NemotronEngine.Load(_folder.File("bad"))).Message;
        Assert.Contains(full, message);
        Assert.Contains(expected, message);
    }

    private static List<float> Logits(string path)
    {
        using var engine = NemotronEngine.Load(path, EngineOptions.Float32 with { Threads = 1 });
        using var state = engine.NewSequence();
        var result = new List<float>();
        engine.ForwardAll(state, Ids, (_, logits) => result.AddRange(logits));
        Assert.All(result, l => Assert.True(float.IsFinite(l)));
        return result;
    }
}
