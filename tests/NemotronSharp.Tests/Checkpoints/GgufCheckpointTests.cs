using System.Collections.Immutable;
using NemotronSharp.Checkpoints;
using NemotronSharp.Numerics;

namespace NemotronSharp.Tests.Checkpoints;

/// <summary>Models as GGUF against the same models as Hugging Face folders.</summary>
public sealed class GgufCheckpointTests : IDisposable
{
    private static readonly int[] Ids = [.. Enumerable.Range(0, 37).Select(i => i * 29 % 101)];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("M", false, false)]
    [InlineData("*", false, false)]
    [InlineData("-", false, false)]
    [InlineData("M-*-", false, false)]
    [InlineData("ME*-MEM*E", false, false)]
    [InlineData("ME*-MEM*E", true, false)]
    [InlineData("ME*-MEM*E", true, true)]
    public void Shape_and_logits_are_those_of_the_folder(string pattern, bool latent, bool mtp)
    {
        var config = TinyModels.Config(pattern, latent, mtp);
        foreach (var type in (TensorType[])[TensorType.F32, TensorType.BF16])
        {
            string folder = _folder.File($"{type}"), file = _folder.File($"{type}.gguf");
            TinyModels.Write(folder, config, seed: 5, type);
            Export(folder, file, type);
            using (var checkpoint = Checkpoint.Open(file))
            {
                Assert.Equal(config.Pattern, checkpoint.Config.Pattern);
                Assert.Equal(config with { Layers = default, MtpLayers = default, EosTokenIds = default }, Comparable(checkpoint.Config, config));
                Assert.Equal(config.MtpLayers.AsEnumerable(), checkpoint.Config.MtpLayers.AsEnumerable());
            }
            Assert.Equal(Logits(folder, mtp), Logits(file, mtp));
        }
    }

    // Fields that matter to no layer of the model are not in the file.
    private static NemotronConfig Comparable(NemotronConfig found, NemotronConfig expected)
    {
        var result = found with { Layers = default, MtpLayers = default, EosTokenIds = default, ChunkSize = expected.ChunkSize };
        if (!expected.Layers.Contains(LayerKind.Mlp)) result = result with { IntermediateSize = expected.IntermediateSize };
        if (!expected.Layers.Contains(LayerKind.Attention)) result = result with { NumKeyValueHeads = expected.NumKeyValueHeads };
        if (!expected.Layers.Contains(LayerKind.Mamba))
            result = result with { MambaNumHeads = expected.MambaNumHeads, MambaHeadDim = expected.MambaHeadDim, MambaGroups = expected.MambaGroups, SsmStateSize = expected.SsmStateSize };
        if (!expected.Layers.Contains(LayerKind.Experts))
            result = result with
            {
                RoutedExperts = expected.RoutedExperts,
                ExpertsPerToken = expected.ExpertsPerToken,
                MoeIntermediateSize = expected.MoeIntermediateSize,
                SharedIntermediateSize = expected.SharedIntermediateSize,
                MoeLatentSize = expected.MoeLatentSize,
                RoutedScalingFactor = expected.RoutedScalingFactor,
            };
        return result;
    }

    [Theory]
    [InlineData(TensorType.Q8_0)]
    [InlineData(TensorType.Q4_0)]
    [InlineData(TensorType.NVFP4)]
    public void Block_types_give_the_logits_of_their_decoded_weights(TensorType type)
    {
        var config = TinyModels.Config() with { HiddenSize = 64, NumAttentionHeads = 4, HeadDim = 16, MambaHeadDim = 16, IntermediateSize = 128, MoeIntermediateSize = 64, SharedIntermediateSize = 64, MoeLatentSize = 64 };
        string folder = _folder.File("f32"), file = _folder.File("blocks.gguf"), decoded = _folder.File("decoded.gguf");
        TinyModels.Write(folder, config, seed: 6);
        Export(folder, file, type);

        var stored = 0;
        using (var blocks = GgufFile.Open(file))
        {
            stored = blocks.Tensors.Values.Count(t => t.Type == type);
            GgufWriter.Write(decoded, [.. blocks.Metadata.Values], [.. blocks.Tensors.Values.Select(t => TensorContent.FromSingles(t.Name, TensorType.F32, [.. t.Shape], Decode(t)))]);
        }
        Assert.True(stored > 20);
        Assert.Equal(Logits(decoded, mtp: true), Logits(file, mtp: true));
    }

    [Theory]
    [InlineData("blk.1.ffn_up_exps.scale", 10)]
    [InlineData("blk.0.ssm_in.scale", 1)]
    public void A_factor_that_is_no_number_is_named(string name, int count)
    {
        string folder = _folder.File("f32"), good = _folder.File("good.gguf"), bad = _folder.File("bad.gguf");
        TinyModels.Write(folder, TinyModels.Config(latent: false), seed: 7);
        Export(folder, good, TensorType.F32);
        using (var file = GgufFile.Open(good))
            GgufWriter.Write(bad, [.. file.Metadata.Values], [.. file.Tensors.Values.Select(t => TensorContent.FromSingles(t.Name, TensorType.F32, [.. t.Shape], Decode(t))), TensorContent.FromSingles(name, TensorType.F32, [count], Enumerable.Repeat(float.NaN, count).ToArray())]);
        var message = Assert.Throws<InvalidDataException>(() => NemotronEngine.Load(bad)).Message;
        Assert.Contains(name, message);
        Assert.Contains("found NaN, expected a finite factor", message);
    }

    [Fact]
    public void Factors_beside_matrices_and_stacks_are_applied()
    {
        var config = TinyModels.Config(latent: false);
        string folder = _folder.File("f32"), plain = _folder.File("plain.gguf"), scaled = _folder.File("scaled.gguf");
        TinyModels.Write(folder, config, seed: 7);
        Export(folder, plain, TensorType.F32);
        using (var file = GgufFile.Open(plain))
        {
            // Powers of two change no bit of the products but their exponents.
            var tensors = new List<TensorContent>();
            foreach (var t in file.Tensors.Values)
            {
                var (values, scale) = (Decode(t), t.Name.EndsWith("_exps.weight", StringComparison.Ordinal) ? 4f : t.Name is "output.weight" or "blk.0.ssm_in.weight" ? 0.5f : 1);
                if (scale != 1)
                {
                    var count = t.Name.EndsWith("_exps.weight", StringComparison.Ordinal) ? (int)t.Shape[0] : 1;
                    tensors.Add(TensorContent.FromSingles(t.Name.Replace(".weight", ".scale", StringComparison.Ordinal), TensorType.F32, [count], Enumerable.Repeat(scale, count).ToArray()));
                }
                tensors.Add(TensorContent.FromSingles(t.Name, TensorType.F32, [.. t.Shape], values.Select(v => v / scale).ToArray()));
            }
            GgufWriter.Write(scaled, [.. file.Metadata.Values], tensors);
        }
        Assert.Equal(Logits(plain, mtp: true), Logits(scaled, mtp: true));
    }

    [Fact]
    public void A_split_model_is_one_model_and_a_missing_piece_is_named()
    {
        var config = TinyModels.Config();
        string folder = _folder.File("f32"), whole = _folder.File("whole.gguf");
        TinyModels.Write(folder, config, seed: 8);
        Export(folder, whole, TensorType.F32);
        using (var file = GgufFile.Open(whole))
        {
            var tensors = file.Tensors.Values.Select(t => TensorContent.FromSingles(t.Name, TensorType.F32, [.. t.Shape], Decode(t))).ToArray();
            for (var i = 0; i < 3; i++)
                GgufWriter.Write(Piece(i), [.. file.Metadata.Values.Where(_ => i == 0), new("split.no", GgufValue.Of((uint)i)), new("split.count", GgufValue.Of(3u)), new("split.tensors.count", GgufValue.Of((uint)tensors.Length))], [.. tensors.Where((_, n) => n % 3 == i)]);
        }
        Assert.Equal(Logits(whole, mtp: true), Logits(Piece(1), mtp: true));

        File.Delete(Piece(2));
        Assert.Contains(Piece(2), Assert.Throws<InvalidDataException>(() => Checkpoint.Open(Piece(0))).Message);
        File.Move(Piece(0), _folder.File("alone.gguf"));
        Assert.Contains("split.count", Assert.Throws<InvalidDataException>(() => Checkpoint.Open(_folder.File("alone.gguf"))).Message);

        string Piece(int i) => _folder.File($"split-{i + 1:D5}-of-00003.gguf");
    }

    [Theory]
    [InlineData("general.architecture", "general.architecture", "llama")]
    [InlineData("nemotron_h_moe.block_count", "nemotron_h_moe.block_count", null)]
    [InlineData("nemotron_h_moe.feed_forward_length", "nemotron_h_moe.feed_forward_length", "text")]
    public void Metadata_that_does_not_fit_is_named(string key, string named, string? value)
    {
        string folder = _folder.File("f32"), good = _folder.File("good.gguf"), bad = _folder.File("bad.gguf");
        TinyModels.Write(folder, TinyModels.Config(), seed: 9);
        Export(folder, good, TensorType.F32);
        using (var file = GgufFile.Open(good))
        {
            var metadata = file.Metadata.Values.Where(m => m.Key != key).ToList();
            if (value is not null) metadata.Add(new(key, GgufValue.Of(value)));
            GgufWriter.Write(bad, metadata, []);
        }
        var message = Assert.Throws<InvalidDataException>(() => Checkpoint.Open(bad)).Message;
        Assert.Contains(bad, message);
        Assert.Contains(named, message);
    }

    private static void Export(string folder, string file, TensorType type)
    {
        using var source = HuggingFaceFolder.Open(folder);
        GgufExport.Write(new CheckpointValues(source), file, "tiny", QuantizationRecipe.Uniform(type));
    }

    // By the tests' own decoder.
    private static unsafe float[] Decode(Tensor tensor) => tensor.Type.BlockElements() == 1
        ? tensor.ToSingles()
        : NemotronSharp.Tests.Numerics.BlockReference.Decode(tensor.Type, new ReadOnlySpan<byte>(tensor.Data, (int)tensor.ByteLength));

    private static List<float> Logits(string path, bool mtp)
    {
        using var engine = NemotronEngine.Load(path, EngineOptions.Float32 with { Threads = 1 });
        var result = new List<float>();
        using (var state = engine.NewSequence()) engine.ForwardAll(state, Ids, (_, logits) => result.AddRange(logits));
        if (!mtp) return result;
        using var fresh = engine.NewSequence();
        engine.ForwardMtp(fresh, Ids, (_, logits) => result.AddRange(logits));
        return result;
    }
}
