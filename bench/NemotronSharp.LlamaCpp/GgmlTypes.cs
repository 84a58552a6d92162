using NemotronSharp.Checkpoints;
using NemotronSharp.LlamaCpp.Native;
using NemotronSharp.Numerics;

namespace NemotronSharp.LlamaCpp;

/// <summary>ggml's own encoder and decoder of its block types.</summary>
internal static unsafe class GgmlTypes
{
    /// <summary>Encodes rows of a matrix.</summary>
    /// <param name="type">A type that GGUF has.</param>
    /// <param name="values">Rows one after the other.</param>
    /// <param name="columns">Width of a row, a multiple of the type's block.</param>
    public static byte[] Quantize(TensorType type, ReadOnlySpan<float> values, int columns)
    {
        LlamaLibrary.EnsureLoaded();
        var bytes = new byte[type.Bytes(values.Length)];
        fixed (float* from = values)
        fixed (byte* to = bytes)
        {
            var written = GgmlApi.ggml_quantize_chunk((int)GgufTypes.IdOf(type), from, to, 0, values.Length / columns, columns, null);
            return (int)written == bytes.Length ? bytes : throw new InvalidOperationException($"ggml: {type}: wrote {written} bytes, expected {bytes.Length}");
        }
    }

    /// <summary>Decodes consecutive blocks.</summary>
    public static float[] Decode(TensorType type, ReadOnlySpan<byte> bytes)
    {
        LlamaLibrary.EnsureLoaded();
        var values = new float[bytes.Length / type.BlockBytes() * type.BlockElements()];
        var traits = GgmlApi.ggml_get_type_traits((int)GgufTypes.IdOf(type));
        if (traits->BlockElements != type.BlockElements() || (int)traits->BlockBytes != type.BlockBytes())
            throw new InvalidOperationException($"ggml: {type}: found blocks of {traits->BlockElements} weights in {traits->BlockBytes} bytes, expected {type.BlockElements()} in {type.BlockBytes()}");
        fixed (byte* from = bytes)
        fixed (float* to = values)
        {
            if (type == TensorType.F32) Buffer.MemoryCopy(from, to, values.Length * sizeof(float), bytes.Length);
            else traits->ToFloat(from, to, values.Length);
        }
        return values;
    }
}
