using System.Runtime.InteropServices;
using NemotronSharp.Numerics;

namespace NemotronSharp.Checkpoints;

/// <summary>Factors as tensors: their values are known only when what they belong to is written.</summary>
internal static class Scalar
{
    /// <summary>One float32 without dimensions.</summary>
    public static TensorContent Of(string name, Lazy<float> value) => new(name, TensorType.F32, [], stream => Write(stream, value.Value));

    /// <summary>A float32 for each matrix of a stack.</summary>
    public static TensorContent Of(string name, IReadOnlyList<Lazy<float>> values) => new(name, TensorType.F32, [values.Count], stream =>
    {
        foreach (var value in values) Write(stream, value.Value);
    });

    private static void Write(Stream stream, float value) => stream.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<float>(in value)));
}
