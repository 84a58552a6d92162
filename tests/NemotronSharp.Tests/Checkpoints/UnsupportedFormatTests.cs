using NemotronSharp.Checkpoints;
using NemotronSharp.Numerics;

namespace NemotronSharp.Tests.Checkpoints;

/// <summary>Matrices of algorithms that are not read are refused at load, by name: read as something else they would give wrong numbers in silence.</summary>
public sealed class UnsupportedFormatTests : IDisposable
{
    private const string Stem = "backbone.layers.2.mixer.q_proj";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("FP8 by channel and token", TensorType.F8E4M3, 64, ".weight_scale", TensorType.F32, "64,1")]
    [InlineData("FP8 by block of 128 × 128", TensorType.F8E4M3, 64, ".weight_scale", TensorType.F32, "2,1,1,1")]
    [InlineData("FP8 as DeepSeek stores it", TensorType.F8E4M3, 64, ".weight_scale_inv", TensorType.F32, "1,1")]
    [InlineData("MXFP8", TensorType.F8E4M3, 64, ".weight_scale", TensorType.U8, "64,2")]
    [InlineData("INT4", TensorType.U8, 32, ".weight_scale", TensorType.F32, "64,1")]
    [InlineData("INT4, AWQ", TensorType.U8, 32, ".pre_quant_scale", TensorType.F32, "64")]
    [InlineData("INT8", TensorType.I8, 64, ".weight_scale", TensorType.F32, "64")]
    [InlineData("a scale beside floats", TensorType.BF16, 64, ".weight_scale", TensorType.F32, "")]
    public void Another_algorithm_is_refused_with_the_companion_that_betrays_it(string algorithm, TensorType type, int columns, string companion, TensorType scaleType, string scaleShape)
    {
        long[] shape = [.. scaleShape.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)];
        Write([Zeros(Stem + ".weight", type, [64, columns]), Zeros(Stem + companion, scaleType, shape)]);
        var message = Assert.Throws<InvalidDataException>(() => NemotronEngine.Load(_folder.Path)).Message;
        foreach (var word in (string[])["model.safetensors", Stem, companion[1..], $"{scaleType} [{string.Join(", ", shape)}]", $"{type} [64, {columns}]", "NVFP4 (U8 [64, 32]", "FP8 (F8E4M3 [64, 64]"])
            Assert.True(message.Contains(word, StringComparison.Ordinal), $"{algorithm}: found no '{word}' in: {message}");
    }

    // AWQ on top of NVFP4: all of NVFP4's companions are there, and one more.
    [Fact]
    public void NVFP4_with_a_scale_of_its_inputs_is_refused()
    {
        var stored = new List<TensorContent>();
        ModelOptTensors.NvFp4(Zeros(Stem + ".weight", TensorType.F32, [64, 64]), new Random(1), stored, []);
        Write(stored);
        NemotronEngine.Load(_folder.Path).Dispose();
        Write([.. stored, Zeros(Stem + ".pre_quant_scale", TensorType.F32, [64])]);
        Assert.Contains(Stem + ".pre_quant_scale", Assert.Throws<InvalidDataException>(() => NemotronEngine.Load(_folder.Path)).Message);
    }

    [Theory]
    [InlineData(0f, "found 0,")]
    [InlineData(-1f, "found -1,")]
    [InlineData(float.NaN, "found NaN,")]
    [InlineData(float.PositiveInfinity, "above 0")]
    public void A_cache_scale_that_is_none_is_refused(float scale, string found)
    {
        foreach (var name in (string[])["backbone.layers.2.mixer.k_proj.k_scale", "backbone.layers.7.mixer.v_proj.v_scale"])
        {
            Write([TensorContent.FromSingles(name, TensorType.F32, [], new[] { scale })]);
            var message = Assert.Throws<InvalidDataException>(() => NemotronEngine.Load(_folder.Path)).Message;
            Assert.Contains(name, message);
            Assert.Contains(found, message);
        }
        Write([Zeros("backbone.layers.2.mixer.k_proj.k_scale", TensorType.BF16, [1])]);
        Assert.Contains("BF16 [1], expected one F32 scale", Assert.Throws<InvalidDataException>(() => NemotronEngine.Load(_folder.Path)).Message);
    }

    [Fact]
    public void A_sound_cache_scale_changes_no_logit()
    {
        var before = Logits([]);
        Assert.Equal(before, Logits([TensorContent.FromSingles("backbone.layers.2.mixer.k_proj.k_scale", TensorType.F32, [1], new[] { 0.37f })]));
    }

    private float[] Logits(IReadOnlyList<TensorContent> replaced)
    {
        Write(replaced);
        using var engine = NemotronEngine.Load(_folder.Path);
        using var state = engine.NewSequence();
        var logits = new float[engine.Config.VocabSize];
        engine.Forward(state, [1, 2, 3, 4], logits);
        return logits;
    }

    // The tiny model, tensors of the same names replaced and others added.
    private void Write(IReadOnlyList<TensorContent> replaced)
    {
        var config = ModelOptTensors.Config;
        var names = replaced.Select(t => t.Name).ToHashSet();
        HuggingFaceFolder.Write(_folder.Path, config, [.. TinyModels.Tensors(config, seed: 41).Where(t => !names.Contains(t.Name)), .. replaced]);
    }

    private static TensorContent Zeros(string name, TensorType type, long[] shape)
    {
        var bytes = new byte[type.Bytes(shape.Aggregate(1L, (a, b) => a * b))];
        return new TensorContent(name, type, shape, stream => stream.Write(bytes));
    }
}
