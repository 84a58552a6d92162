using System.Runtime.InteropServices;
using NemotronSharp.Checkpoints;
using NemotronSharp.Numerics;

namespace NemotronSharp.Tests.Checkpoints;

/// <summary>Tensors as ModelOpt stores them, each beside the same one with its weights written out.</summary>
internal static class ModelOptTensors
{
    private static readonly float[] Codes = [0, 0.5f, 1, 1.5f, 2, 3, 4, 6, -0f, -0.5f, -1, -1.5f, -2, -3, -4, -6];

    /// <summary>Every layer kind, with rows of whole NVFP4 blocks.</summary>
    public static NemotronConfig Config { get; } = TinyModels.Config() with { HiddenSize = 64, NumAttentionHeads = 4, HeadDim = 16, MambaHeadDim = 16, IntermediateSize = 128, MoeIntermediateSize = 32, SharedIntermediateSize = 64, MoeLatentSize = 48 };

    /// <summary>A whole model in <c>nvfp4</c>, <c>fp8</c> or <c>mixed</c>.</summary>
    public static (List<TensorContent> Stored, List<TensorContent> Plain) Quantized(IEnumerable<TensorContent> tensors, string format, int seed)
    {
        var random = new Random(seed);
        var (stored, plain) = (new List<TensorContent>(), new List<TensorContent>());
        var quantized = 0;
        foreach (var tensor in tensors)
        {
            // What the vendor quantizes: large matrices; never gates, convolutions, embeddings or vectors.
            var matrix = tensor.Shape.Count == 2 && !tensor.Name.Contains("gate", StringComparison.Ordinal) && !tensor.Name.Contains("embeddings", StringComparison.Ordinal);
            var kind = !matrix ? "" : format == "mixed" ? tensor.Name.Contains(".experts.", StringComparison.Ordinal) ? "nvfp4" : tensor.Name.Contains("_proj", StringComparison.Ordinal) && quantized++ % 2 == 0 ? "fp8" : "" : format;
            switch (kind)
            {
                case "nvfp4": NvFp4(tensor, random, stored, plain); break;
                case "fp8": Fp8(tensor, random, stored, plain); break;
                default:
                    stored.Add(tensor);
                    plain.Add(tensor);
                    break;
            }
        }
        return (stored, plain);
    }

    // Factors are powers of two, so that written-out weights give the same bits.
    public static void NvFp4(TensorContent tensor, Random random, List<TensorContent> stored, List<TensorContent> plain)
    {
        var (rows, columns) = (tensor.Shape[0], tensor.Shape[1]);
        byte[] packed = new byte[rows * columns / 2], scales = new byte[rows * columns / 16];
        random.NextBytes(packed);
        for (var i = 0; i < scales.Length; i++) scales[i] = (byte)random.Next(0x18, 0x22);
        var values = new float[rows * columns];
        for (var i = 0; i < values.Length; i++) values[i] = Codes[i % 2 == 0 ? packed[i / 2] & 15 : packed[i / 2] >> 4] * E4M3.ToSingle(scales[i / 16]) * 0.5f;
        var stem = tensor.Name[..^".weight".Length];
        stored.Add(Bytes(tensor.Name, TensorType.U8, [rows, columns / 2], packed));
        stored.Add(Bytes($"{stem}.weight_scale", TensorType.F8E4M3, [rows, columns / 16], scales));
        stored.Add(TensorContent.FromSingles($"{stem}.weight_scale_2", TensorType.F32, [], new[] { 0.5f }));
        stored.Add(TensorContent.FromSingles($"{stem}.input_scale", TensorType.F32, [], new[] { 3f }));
        plain.Add(TensorContent.FromSingles(tensor.Name, TensorType.F32, tensor.Shape, values));
    }

    public static void Fp8(TensorContent tensor, Random random, List<TensorContent> stored, List<TensorContent> plain)
    {
        var bytes = new byte[tensor.Shape[0] * tensor.Shape[1]];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)(random.Next(0x20, 0x30) | random.Next(2) << 7);
        var stem = tensor.Name[..^".weight".Length];
        stored.Add(Bytes(tensor.Name, TensorType.F8E4M3, [.. tensor.Shape], bytes));
        stored.Add(TensorContent.FromSingles($"{stem}.weight_scale", TensorType.F32, [], new[] { 0.25f }));
        plain.Add(TensorContent.FromSingles(tensor.Name, TensorType.F32, tensor.Shape, bytes.Select(b => E4M3.ToSingle(b) * 0.25f).ToArray()));
    }

    public static TensorContent Bytes(string name, TensorType type, long[] shape, byte[] bytes) => new(name, type, shape, stream => stream.Write(MemoryMarshal.AsBytes(bytes.AsSpan())));
}
