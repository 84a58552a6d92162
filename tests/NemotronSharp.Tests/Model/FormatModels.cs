using System.Buffers.Binary;
using NemotronSharp.Checkpoints;
using NemotronSharp.Numerics;
using NemotronSharp.Tests.Checkpoints;

namespace NemotronSharp.Tests.Model;

/// <summary>One small model of every layer kind in each way of storing it.</summary>
internal static class FormatModels
{
    public const string Pattern = "ME*-ME";

    // Of all that blocks of 256 and 32 weights are; each matrix gets the next.
    private static readonly TensorType[] Blocks =
        [TensorType.Q2_K, TensorType.Q3_K, TensorType.Q4_K, TensorType.Q5_K, TensorType.Q6_K, TensorType.IQ4_XS, TensorType.Q4_1, TensorType.Q5_0, TensorType.Q5_1, TensorType.IQ4_NL, TensorType.MXFP4];

    public static string[] Names { get; } = ["Q8_0", "Q4_0", "NVFP4", "all block types", "ModelOpt nvfp4", "ModelOpt fp8", "ModelOpt mixed"];

    /// <summary>Whether matrices are in formats that whole-number products know.</summary>
    public static bool HasCodes(string name) => name is not ("all block types" or "ModelOpt fp8");

    /// <summary>Writes the model and says where.</summary>
    public static string Write(TempFolder folder, string name, string pattern = Pattern)
    {
        if (name.StartsWith("ModelOpt ", StringComparison.Ordinal))
        {
            var config = ModelOptTensors.Config with { Layers = TinyModels.Schedule(pattern) };
            HuggingFaceFolder.Write(folder.File("folder"), config, ModelOptTensors.Quantized(TinyModels.Tensors(config, seed: 31), name["ModelOpt ".Length..], seed: 32).Stored);
            return folder.File("folder");
        }
        if (Enum.TryParse<TensorType>(name, out var type)) return Gguf(folder, pattern, width: 64, type);

        string coarse = Gguf(folder, pattern, width: 256, TensorType.Q8_0), file = folder.File("blocks.gguf");
        var (random, next) = (new Random(33), 0);
        using var source = GgufFile.Open(coarse);
        GgufWriter.Write(file, [.. source.Metadata.Values], [.. source.Tensors.Values.Select(t => t.Type == TensorType.Q8_0
            ? Random(t, Blocks[next++ % Blocks.Length], random)
            : TensorContent.FromSingles(t.Name, TensorType.F32, [.. t.Shape], t.ToSingles()))]);
        Assert.True(next > Blocks.Length);
        return file;
    }

    private static string Gguf(TempFolder folder, string pattern, int width, TensorType type)
    {
        var config = TinyModels.Config(pattern) with
        {
            HiddenSize = width,
            NumAttentionHeads = 4,
            HeadDim = width / 4,
            MambaHeadDim = width / 4,
            IntermediateSize = width,
            MoeIntermediateSize = width,
            SharedIntermediateSize = width,
            MoeLatentSize = width,
        };
        TinyModels.Write(folder.File("source"), config, seed: 34);
        using var source = Checkpoint.Open(folder.File("source"));
        GgufExport.Write(new CheckpointValues(source), folder.File("model.gguf"), "tiny", QuantizationRecipe.Uniform(type));
        return folder.File("model.gguf");
    }

    // Any codes will do; scales are such that weights have a trained model's size, about 1/16.
    private static TensorContent Random(Tensor tensor, TensorType type, Random random)
    {
        var bytes = new byte[type.Bytes(tensor.Count)];
        random.NextBytes(bytes);
        for (var at = 0; at < bytes.Length; at += type.BlockBytes())
        {
            var block = bytes.AsSpan(at, type.BlockBytes());
            var (scale, scaleAt, minimum, minimumAt) = type switch
            {
                TensorType.Q2_K => (5e-3f, 80, 7.5e-3f, 82),
                TensorType.Q3_K => (1.4e-3f, 108, 0f, -1),
                TensorType.Q4_K => (2.4e-4f, 0, 1.8e-3f, 2),
                TensorType.Q5_K => (1.2e-4f, 0, 1.8e-3f, 2),
                TensorType.Q6_K => (4.5e-5f, 208, 0f, -1),
                TensorType.IQ4_XS => (5e-5f, 0, 0f, -1),
                TensorType.Q4_1 => (0.013f, 0, -0.1f, 2),
                TensorType.Q5_0 => (6.5e-3f, 0, 0f, -1),
                TensorType.Q5_1 => (6.5e-3f, 0, -0.1f, 2),
                TensorType.IQ4_NL => (1e-3f, 0, 0f, -1),
                TensorType.MXFP4 => (0f, -1, 0f, -1),
                _ => throw new ArgumentOutOfRangeException(nameof(type)),
            };
            if (scaleAt >= 0) BinaryPrimitives.WriteHalfLittleEndian(block[scaleAt..], (Half)scale);
            if (minimumAt >= 0) BinaryPrimitives.WriteHalfLittleEndian(block[minimumAt..], (Half)minimum);
            if (type == TensorType.MXFP4) block[0] = 127 - 6;
        }
        return new TensorContent(tensor.Name, type, [.. tensor.Shape], stream => stream.Write(bytes));
    }
}
