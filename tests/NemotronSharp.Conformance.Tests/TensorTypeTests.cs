using NemotronSharp.Checkpoints;
using NemotronSharp.LlamaCpp;
using NemotronSharp.Numerics;
using static System.FormattableString;

namespace NemotronSharp.Conformance.Tests;

/// <summary>Every type that GGUF files of the family hold, against ggml's decoder and llama.cpp's logits.</summary>
public sealed unsafe class TensorTypeTests : IDisposable
{
    private const int Tokens = 96, Seed = 31, RandomBlocks = 4000;

    // All experts are chosen for every token: a choice between nearly equal ones would turn a rounding into another function. Rows of 256 fit every block.
    private static readonly NemotronConfig Config = Shape.Base("ME*ME") with
    {
        HiddenSize = 256,
        NumAttentionHeads = 8,
        MambaHeadDim = 32,
        RoutedExperts = 4,
        ExpertsPerToken = 4,
        MoeIntermediateSize = 256,
        SharedIntermediateSize = 256,
        MoeLatentSize = 256,
    };

    private static readonly TensorType[] Types = [TensorType.F32, TensorType.F16, TensorType.BF16, .. Enum.GetValues<TensorType>().Where(t => t.BlockElements() > 1)];

    private readonly TempFolder _folder = new();

    public static TheoryData<TensorType, bool> Cases { get; } = [.. Types.Select(t => (t, false)), (TensorType.NVFP4, true)];

    public void Dispose() => _folder.Dispose();

    /// <summary>Three questions to a file: does the decoder read every bit, does the engine compute with what it reads, and is the rest llama.cpp's rounding.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Weights_and_logits_are_llama_cpp_s(TensorType type, bool sideFactors)
    {
        string f32 = _folder.File("f32.gguf"), typed = _folder.File("typed.gguf"), decoded = _folder.File("decoded.gguf");
        GgufModels.Write(f32, Config, TinyModels.Tensors(Config, Seed));
        GgufModels.Rewrite(f32, typed, t => GgufModels.IsMatrix(t) ? Encoded(t, type, sideFactors && !IsLatent(t)) : [Copy(t)]);
        var weights = Decode(typed, decoded);
        if (type != TensorType.F32) weights += AssertSameBits(type, RandomBytes(type));

        var ids = Peers.Ids(Tokens, Config.VocabSize, Seed);
        var exact = Peers.Compare(typed, decoded, ids);
        var both = Peers.Compare(typed, typed, ids);
        var expected = ActivationRounding.Expected(type, Config);
        ConformanceTable.Types.Add(Array.IndexOf(Types, type) + (sideFactors ? 1 : 0), $"{type}{(sideFactors ? " with `.scale`" : "")}", Invariant($"{weights:N0} equal"),
            Invariant($"{exact.Relative:0.0e-0}"), Invariant($"{Peers.Float32Limit:0e-0}"), Invariant($"{both.RelativeRms:0.0e-0}"), type == TensorType.F32 ? "" : Invariant($"{expected:0.0e-0}"), Invariant($"{both.Relative:0.0e-0}"), $"{both.SameTop}/{both.Rows}");
        Assert.InRange(exact.Relative, 0, Peers.Float32Limit);
        Assert.Equal(exact.Rows, exact.SameTop);
        if (type == TensorType.F32) Assert.InRange(both.Relative, 0, Peers.Float32Limit);
        // Half as much again: activations behind a squared ReLU are far from normal, and errors do not leave every layer as large as they came.
        else Assert.InRange(both.RelativeRms, 0, 1.5 * expected);
    }

    /// <summary>Which is why this project writes Q8_0 there.</summary>
    [Fact]
    public void Factors_in_an_MTP_block_are_read_here_and_refused_there()
    {
        string f32 = _folder.File("f32.gguf"), typed = _folder.File("typed.gguf"), decoded = _folder.File("decoded.gguf");
        var config = Config with { MtpDepth = 1, MtpLayers = TinyModels.Schedule("*E") };
        GgufModels.Write(f32, config, TinyModels.Tensors(config, Seed));
        GgufModels.Rewrite(f32, typed, t => GgufModels.IsMatrix(t) ? Encoded(t, TensorType.NVFP4, !IsLatent(t)) : [Copy(t)]);
        Decode(typed, decoded);

        var ids = Peers.Ids(Tokens, config.VocabSize, Seed);
        const string words = "wrong number of tensors";
        var outcome = Peers.RunAlone(typed, ids);
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains(words, outcome.Error);
        ConformanceTable.Refusals.Add(Shape.Cases.Count, "NVFP4 with `.scale` in an MTP block", $"`{words}`");
        Assert.InRange(Peers.Compare(typed, decoded, ids).Relative, 0, Peers.Float32Limit);
    }

    private static bool IsFactor(Tensor tensor) => tensor.Name.EndsWith(".scale", StringComparison.Ordinal);

    // llama.cpp applies no factor to these, nor to the embedding.
    private static bool IsLatent(Tensor tensor) => tensor.Name.Contains("ffn_latent", StringComparison.Ordinal) || tensor.Name.StartsWith("token_embd", StringComparison.Ordinal);

    private static TensorContent Copy(Tensor tensor) => TensorContent.FromSingles(tensor.Name, TensorType.F32, [.. tensor.Shape], tensor.ToSingles());

    private static IEnumerable<TensorContent> Encoded(Tensor tensor, TensorType type, bool factors)
    {
        var values = tensor.ToSingles();
        if (factors)
        {
            var count = tensor.Shape.Length == 3 ? (int)tensor.Shape[0] : 1;
            var factor = Enumerable.Range(0, count).Select(i => 0.3f + 0.17f * i).ToArray();
            for (var i = 0; i < values.Length; i++) values[i] /= factor[(long)i * count / values.Length];
            yield return TensorContent.FromSingles(tensor.Name.Replace(".weight", ".scale", StringComparison.Ordinal), TensorType.F32, [count], factor);
        }
        var bytes = GgmlTypes.Quantize(type, values, (int)tensor.Shape[^1]);
        yield return new TensorContent(tensor.Name, type, [.. tensor.Shape], stream => stream.Write(bytes));
    }

    // The same file in float32; the number of weights held to our own decoder on the way.
    private static long Decode(string typed, string decoded)
    {
        using var file = GgufFile.Open(typed);
        var factors = file.Tensors.Values.Where(IsFactor).ToDictionary(t => t.Name, t => t.ToSingles());
        long weights = 0;
        GgufModels.Rewrite(typed, decoded, t => IsFactor(t) ? [] : [Decoded(t, factors, ref weights)]);
        return weights;
    }

    private static TensorContent Decoded(Tensor tensor, Dictionary<string, float[]> factors, ref long weights)
    {
        if (!GgufModels.IsMatrix(tensor)) return Copy(tensor);
        var bytes = new ReadOnlySpan<byte>(tensor.Data, (int)tensor.ByteLength);
        weights += AssertSameBits(tensor.Type, bytes);
        var values = GgmlTypes.Decode(tensor.Type, bytes);
        if (factors.TryGetValue(tensor.Name.Replace(".weight", ".scale", StringComparison.Ordinal), out var factor))
            for (var i = 0; i < values.Length; i++) values[i] *= factor[(long)i * factor.Length / values.Length];
        return TensorContent.FromSingles(tensor.Name, TensorType.F32, [.. tensor.Shape], values);
    }

    private static long AssertSameBits(TensorType type, ReadOnlySpan<byte> bytes)
    {
        var expected = GgmlTypes.Decode(type, bytes);
        var actual = new float[expected.Length];
        fixed (byte* data = bytes) new WeightMatrix(type, 1, actual.Length, data).CopyRow(0, actual);
        for (var i = 0; i < expected.Length; i++)
            if (BitConverter.SingleToUInt32Bits(expected[i]) != BitConverter.SingleToUInt32Bits(actual[i]) && !(float.IsNaN(expected[i]) && float.IsNaN(actual[i])))
                Assert.Fail($"{type}: weight {i}: found {actual[i]:g9}, ggml reads {expected[i]:g9}");
        return expected.Length;
    }

    // Any bytes: scales may be infinite or no numbers, as in a hostile file.
    private static byte[] RandomBytes(TensorType type)
    {
        var bytes = new byte[RandomBlocks * (int)type.Bytes(type.BlockElements())];
        new Random(Seed).NextBytes(bytes);
        return bytes;
    }
}
