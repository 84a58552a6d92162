using NemotronSharp.Checkpoints;
using NemotronSharp.Numerics;
using NemotronSharp.Tests.Numerics;

namespace NemotronSharp.Tests.Checkpoints.Writing;

/// <summary>Models from one format into the other and back.</summary>
public sealed class ModelConversionTests : IDisposable
{
    private static readonly string Pico = RepoPaths.InRepo("models", "pico");
    private static readonly int[] Ids = [.. Enumerable.Range(0, 29).Select(i => 1000 + i * 37)];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(TensorType.NVFP4, ScaleRule.Max)]
    [InlineData(TensorType.NVFP4, ScaleRule.FourOverSix)]
    [InlineData(TensorType.BF16, ScaleRule.Max)]
    public void What_both_formats_have_goes_there_and_back_without_a_bit_changed(TensorType type, ScaleRule rule)
    {
        string folder = _folder.File("folder"), file = _folder.File("file.gguf"), back = _folder.File("back"), again = _folder.File("again.gguf");
        // Rows of whole GGUF blocks: pico's experts are 96 wide, one and a half.
        var recipe = QuantizationRecipe.Uniform(type).With(TensorType.BF16, ModelPart.Experts, ModelPart.Latent, ModelPart.Embeddings, ModelPart.Mtp) with { Scales = rule };
        Convert(Pico, folder, ModelFormat.HuggingFace, recipe);
        Convert(folder, file, ModelFormat.Gguf, QuantizationRecipe.Keep);
        Convert(file, back, ModelFormat.HuggingFace, QuantizationRecipe.Keep);
        Convert(back, again, ModelFormat.Gguf, QuantizationRecipe.Keep);

        var logits = Logits(folder);
        Assert.Equal(logits, Logits(file));
        using var first = Checkpoint.Open(folder);
        using var second = Checkpoint.Open(back);
        Assert.Equal(first.Tensors.Keys.Order(), second.Tensors.Keys.Order());
        foreach (var (name, tensor) in first.Tensors.Where(t => t.Value.Type is TensorType.U8 or TensorType.F8E4M3 or TensorType.BF16 && t.Value.Shape.Length == 2 && !t.Key.EndsWith(".gate.weight", StringComparison.Ordinal))) Assert.Equal(Bytes(tensor), Bytes(second.Tensors[name]));
        Assert.Equal(File.ReadAllBytes(Path.Combine(folder, "tokenizer.json")), File.ReadAllBytes(Path.Combine(back, "tokenizer.json")));
        Assert.Equal(File.ReadAllBytes(Path.Combine(folder, "chat_template.jinja")), File.ReadAllBytes(Path.Combine(back, "chat_template.jinja")));
        using var chat = ChatModel.Load(back);
        Assert.Equal(2, chat.Engine.Config.MtpDepth);
        Assert.Equal(logits, Logits(again));
    }

    [Fact]
    public void Types_that_only_GGUF_has_stay_in_GGUF_and_become_BF16_elsewhere()
    {
        var config = TinyModels.Config("M-*", mtp: false) with { HiddenSize = 256, IntermediateSize = 256, MambaHeadDim = 64, NumAttentionHeads = 4, HeadDim = 64 };
        string folder = _folder.File("f32"), plain = _folder.File("plain.gguf"), blocks = _folder.File("blocks.gguf"), copy = _folder.File("copy.gguf"), back = _folder.File("back");
        TinyModels.Write(folder, config, seed: 3);
        Convert(folder, plain, ModelFormat.Gguf, QuantizationRecipe.Uniform(TensorType.F32), text: false);
        TensorType[] types = [TensorType.Q4_K, TensorType.Q5_K, TensorType.Q6_K, TensorType.IQ4_XS, TensorType.Q5_1, TensorType.MXFP4];
        var random = new Random(4);
        using (var file = GgufFile.Open(plain))
            GgufWriter.Write(blocks, [.. file.Metadata.Values], [.. file.Tensors.Values.Select((t, i) => t.Shape.Length == 2 && t.Name.StartsWith("blk.", StringComparison.Ordinal) && t.Shape[1] == 256 && !t.Name.Contains("norm", StringComparison.Ordinal) ? Random(t, types[i % types.Length], random) : Copy(t))]);

        Convert(blocks, copy, ModelFormat.Gguf, QuantizationRecipe.Keep, text: false);
        using (var from = GgufFile.Open(blocks))
        using (var to = GgufFile.Open(copy))
        {
            Assert.True(from.Tensors.Values.Count(t => t.Type.BlockElements() > 1) >= 6);
            Assert.Equal(from.Tensors.Keys.Order(), to.Tensors.Keys.Order());
            foreach (var (name, tensor) in from.Tensors)
            {
                Assert.Equal(tensor.Type, to.Tensors[name].Type);
                Assert.Equal(Bytes(tensor), Bytes(to.Tensors[name]));
            }
        }

        Convert(blocks, back, ModelFormat.HuggingFace, QuantizationRecipe.Keep, text: false);
        using var source = Checkpoint.Open(blocks);
        using var written = Checkpoint.Open(back);
        var up = source.Tensors["backbone.layers.1.mixer.up_proj.weight"];
        Assert.Equal(TensorType.BF16, written.Tensors["backbone.layers.1.mixer.up_proj.weight"].Type);
        Assert.Equal(BlockReference.Decode(up.Type, Bytes(up)).Select(v => BFloat16.ToSingle(BFloat16.FromSingle(v))), written.Tensors["backbone.layers.1.mixer.up_proj.weight"].ToSingles());
    }

    [Fact]
    public void Scales_of_activations_and_caches_stay_beside_what_they_belong_to()
    {
        var config = TinyModels.Config("M*E", latent: false, mtp: false) with { HiddenSize = 64, MoeIntermediateSize = 64, SharedIntermediateSize = 64 };
        string folder = _folder.File("bf16"), quantized = _folder.File("quantized"), with = _folder.File("with"), copy = _folder.File("copy"), other = _folder.File("other");
        TinyModels.Write(folder, config, seed: 5, TensorType.BF16);
        Convert(folder, quantized, ModelFormat.HuggingFace, QuantizationRecipe.Published("nano-nvfp4").With(TensorType.F8E4M3, ModelPart.Attention), text: false);
        using (var source = Checkpoint.Open(quantized))
            HuggingFaceFolder.Write(with, config, [.. source.Tensors.Values.Select(Copy), One("backbone.layers.1.mixer.k_proj.k_scale", 0.5f), One("backbone.layers.1.mixer.k_proj.input_scale", 2), One("backbone.layers.2.mixer.experts.3.up_proj.input_scale", 3)]);
        Convert(with, copy, ModelFormat.HuggingFace, QuantizationRecipe.Keep, text: false);
        using (var result = Checkpoint.Open(copy))
        {
            Assert.Equal([0.5f], result.Tensors["backbone.layers.1.mixer.k_proj.k_scale"].ToSingles());
            Assert.Equal([3f], result.Tensors["backbone.layers.2.mixer.experts.3.up_proj.input_scale"].ToSingles());
        }
        Convert(with, other, ModelFormat.HuggingFace, QuantizationRecipe.Uniform(TensorType.BF16), text: false);
        using var plain = Checkpoint.Open(other);
        Assert.DoesNotContain(plain.Tensors.Keys, k => k.Contains("scale", StringComparison.Ordinal));
        Assert.Equal(Logits(with), Logits(copy));

        static TensorContent One(string name, float value) => TensorContent.FromSingles(name, TensorType.F32, [], new[] { value });
    }

    [Fact]
    public void What_a_folder_says_of_activations_and_cache_is_said_again_where_it_stays_true()
    {
        var config = TinyModels.Config("M*-", mtp: false) with { HiddenSize = 64, IntermediateSize = 64 };
        string folder = _folder.File("bf16"), quantized = _folder.File("quantized"), with = _folder.File("with"), copy = _folder.File("copy");
        TinyModels.Write(folder, config, seed: 9, TensorType.BF16);
        Convert(folder, quantized, ModelFormat.HuggingFace, QuantizationRecipe.Uniform(TensorType.BF16).With(TensorType.NVFP4, ModelPart.Mlp), text: false);
        Assert.Equal(("W4A16_NVFP4", null), Declared(quantized));
        using (var source = Checkpoint.Open(quantized))
            HuggingFaceFolder.Write(with, config, [.. source.Tensors.Values.Select(Copy), .. ((string[])["up", "down"]).Select(p => TensorContent.FromSingles($"backbone.layers.2.mixer.{p}_proj.input_scale", TensorType.F32, [], new[] { 2f }))]);
        File.WriteAllText(Path.Combine(with, "hf_quant_config.json"), """{"quantization":{"quant_algo":"NVFP4","kv_cache_quant_algo":"FP8"}}""");
        Convert(with, copy, ModelFormat.HuggingFace, QuantizationRecipe.Keep, text: false);
        Assert.Equal(("NVFP4", "FP8"), Declared(copy));
        using var result = Checkpoint.Open(copy);
        Assert.Empty(CheckpointSummary.Of(result).Warnings);

        static (string?, string?) Declared(string folder) => DeclaredQuantization.Read(folder).Select(d => (d.Algorithm, d.KeyValueAlgorithm)).Distinct().Single();
    }

    [Theory]
    [InlineData(ModelFormat.Gguf)]
    [InlineData(ModelFormat.HuggingFace)]
    public void A_model_whose_MTP_head_was_left_out_is_written_without_one(ModelFormat format)
    {
        string folder = _folder.File("folder"), target = _folder.File(format == ModelFormat.Gguf ? "m.gguf" : "m");
        HuggingFaceFolder.Write(folder, TinyModels.Config(), [.. TinyModels.Tensors(TinyModels.Config(), seed: 10).Where(t => !t.Name.StartsWith("mtp.", StringComparison.Ordinal))]);
        Convert(folder, target, format, QuantizationRecipe.Keep, text: false);
        using (var written = Checkpoint.Open(target)) Assert.Equal(0, written.Config.MtpDepth);
        Assert.Equal(Logits(folder), Logits(target));
    }

    [Fact]
    public void Name_and_licence_stay_from_GGUF_to_GGUF()
    {
        string file = _folder.File("pico.gguf"), licensed = _folder.File("licensed.gguf"), copy = _folder.File("copy.gguf");
        Convert(Pico, file, ModelFormat.Gguf, QuantizationRecipe.Keep);
        using (var source = GgufFile.Open(file))
            GgufWriter.Write(licensed, [.. source.Metadata.Values.Where(m => m.Key != "general.name"), new("general.name", GgufValue.Of("Pico the second")), new("general.license", GgufValue.Of("apache-2.0")), new("general.file_type", GgufValue.Of(32u))], [.. source.Tensors.Values.Select(Copy)]);
        Convert(licensed, copy, ModelFormat.Gguf, QuantizationRecipe.Uniform(TensorType.Q8_0));
        using var result = GgufFile.Open(copy);
        Assert.Equal(("Pico the second", "apache-2.0"), (result.Metadata.Text("general.name"), result.Metadata.Text("general.license")));
        Assert.False(result.Metadata.Has("general.file_type"));
    }

    [Fact]
    public void A_tensor_that_is_missing_is_named_before_anything_is_written()
    {
        var config = TinyModels.Config("M*", mtp: false);
        HuggingFaceFolder.Write(_folder.File("less"), config, [.. TinyModels.Tensors(config, seed: 6).Where(t => t.Name != "backbone.layers.0.mixer.D")]);
        Assert.Contains("backbone.layers.0.mixer.D", Assert.Throws<InvalidDataException>(() => Convert(_folder.File("less"), _folder.File("less.gguf"), ModelFormat.Gguf, QuantizationRecipe.Keep, text: false)).Message);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_tensor_without_a_place_is_refused_not_lost()
    {
        var config = TinyModels.Config("M*", mtp: false);
        HuggingFaceFolder.Write(_folder.File("more"), config, [.. TinyModels.Tensors(config, seed: 6), TensorContent.FromSingles("backbone.layers.0.mixer.adapter", TensorType.F32, [1], new float[1])]);
        var message = Assert.Throws<InvalidDataException>(() => Convert(_folder.File("more"), _folder.File("more.gguf"), ModelFormat.Gguf, QuantizationRecipe.Keep, text: false)).Message;
        Assert.Contains("backbone.layers.0.mixer.adapter", message);
    }

    [Fact]
    public void A_shape_that_GGUF_cannot_say_is_refused()
    {
        var config = TinyModels.Config("M", mtp: false) with { TimeStepMin = 0.001f };
        TinyModels.Write(_folder.File("clamped"), config, seed: 8);
        Assert.Contains("time_step_limit", Assert.Throws<InvalidDataException>(() => Convert(_folder.File("clamped"), _folder.File("clamped.gguf"), ModelFormat.Gguf, QuantizationRecipe.Keep, text: false)).Message);
    }

    [Fact]
    public void A_weight_that_is_no_number_is_named()
    {
        var config = TinyModels.Config("-", mtp: false) with { HiddenSize = 64, IntermediateSize = 64 };
        var tensors = TinyModels.Tensors(config, seed: 7);
        var at = tensors.FindIndex(t => t.Name.EndsWith("up_proj.weight", StringComparison.Ordinal));
        var values = new float[64 * 64];
        values[5 * 64 + 3] = float.NaN;
        tensors[at] = TensorContent.FromSingles(tensors[at].Name, TensorType.F32, tensors[at].Shape, values);
        HuggingFaceFolder.Write(_folder.File("nan"), config, tensors);
        foreach (var type in (TensorType[])[TensorType.NVFP4, TensorType.Q8_0, TensorType.Q4_0])
        {
            var message = Assert.Throws<InvalidDataException>(() => Convert(_folder.File("nan"), _folder.File("nan.gguf"), ModelFormat.Gguf, QuantizationRecipe.Uniform(type), text: false)).Message;
            Assert.Contains("up_proj", message);
            Assert.Contains("row 5", message);
        }
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData(ModelFormat.Gguf)]
    [InlineData(ModelFormat.HuggingFace)]
    public void Cancelling_leaves_nothing_and_what_was_there_stays(ModelFormat format)
    {
        var target = _folder.File(format == ModelFormat.Gguf ? "pico.gguf" : "pico");
        Convert(Pico, target, format, QuantizationRecipe.Uniform(TensorType.BF16));
        var before = Logits(target);
        using var cancelled = new CancellationTokenSource();
        var reports = 0;
        var watch = new Reports(p =>
        {
            Assert.InRange(p.Bytes, 1, p.Total);
            if (++reports == 3) cancelled.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => ModelConversion.Convert(Pico, target, format, QuantizationRecipe.Uniform(TensorType.F32), watch, cancelled.Token));
        Assert.Equal(3, reports);
        Assert.Equal([target], Directory.GetFileSystemEntries(_folder.Path));
        Assert.Equal(before, Logits(target));
    }

    [Fact]
    public void A_folder_that_is_no_model_is_not_replaced()
    {
        Directory.CreateDirectory(_folder.File("mine"));
        File.WriteAllText(Path.Combine(_folder.File("mine"), "letter.txt"), "dear");
        Assert.Contains("no model's", Assert.Throws<ArgumentException>(() => Convert(Pico, _folder.File("mine"), ModelFormat.HuggingFace, QuantizationRecipe.Keep)).Message);
        Assert.True(File.Exists(Path.Combine(_folder.File("mine"), "letter.txt")));
    }

    private static void Convert(string source, string target, ModelFormat format, QuantizationRecipe recipe, bool text = true)
    {
        if (text)
        {
            ModelConversion.Convert(source, target, format, recipe, cancellation: TestContext.Current.CancellationToken);
            return;
        }
        // Tiny models have no tokenizer.
        using var checkpoint = Checkpoint.Open(source);
        if (format == ModelFormat.Gguf) GgufExport.Write(new CheckpointValues(checkpoint), target, "tiny", recipe);
        else HuggingFaceExport.Write(new CheckpointValues(checkpoint), Directory.CreateDirectory(target).FullName, recipe);
    }

    private static TensorContent Copy(Tensor tensor)
    {
        var bytes = Bytes(tensor);
        return new TensorContent(tensor.Name, tensor.Type, [.. tensor.Shape], stream => stream.Write(bytes));
    }

    // Random codes under harmless scales: half floats of about 0.01 wherever the block holds one.
    private static TensorContent Random(Tensor tensor, TensorType type, Random random)
    {
        var bytes = new byte[type.Bytes(tensor.Count)];
        random.NextBytes(bytes);
        for (var block = 0; block < bytes.Length; block += type.BlockBytes())
        {
            if (type == TensorType.MXFP4) bytes[block] = 120;
            foreach (var at in type switch { TensorType.Q6_K => [208], TensorType.Q4_K or TensorType.Q5_K or TensorType.Q5_1 => [0, 2], TensorType.MXFP4 => Array.Empty<int>(), _ => [0] }) BitConverter.TryWriteBytes(bytes.AsSpan(block + at), (Half)0.001f);
        }
        return new TensorContent(tensor.Name, type, [.. tensor.Shape], stream => stream.Write(bytes));
    }

    private static unsafe byte[] Bytes(Tensor tensor) => new ReadOnlySpan<byte>(tensor.Data, (int)tensor.ByteLength).ToArray();

    private static List<float> Logits(string path)
    {
        using var engine = NemotronEngine.Load(path);
        using var state = engine.NewSequence();
        var result = new List<float>();
        engine.ForwardAll(state, [.. Ids.Select(id => id % engine.Config.VocabSize)], (_, logits) => result.AddRange(logits));
        Assert.All(result, l => Assert.True(float.IsFinite(l)));
        return result;
    }

    private sealed class Reports(Action<WriteProgress> report) : IProgress<WriteProgress>
    {
        public void Report(WriteProgress value) => report(value);
    }
}
