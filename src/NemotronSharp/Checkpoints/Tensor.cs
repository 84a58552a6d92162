using System.Collections.Immutable;
using NemotronSharp.Numerics;

namespace NemotronSharp.Checkpoints;

/// <summary>A tensor inside a mapped file: row-major, last dimension fastest. Valid while its checkpoint is open.</summary>
public sealed unsafe class Tensor
{
    internal Tensor(string file, string name, TensorType type, ImmutableArray<long> shape, byte* data)
    {
        File = file;
        Name = name;
        Type = type;
        Shape = shape;
        Data = data;
    }

    /// <summary>The file it lies in.</summary>
    public string File { get; }

    /// <summary>Its name in that file.</summary>
    public string Name { get; }

    /// <summary>Element type.</summary>
    public TensorType Type { get; }

    /// <summary>Sizes, slowest dimension first; empty for a scalar.</summary>
    public ImmutableArray<long> Shape { get; }

    /// <summary>Number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (a, b) => a * b);

    /// <summary>Number of bytes.</summary>
    public long ByteLength => Type.Bytes(Count);

    internal byte* Data { get; }

    /// <summary>Copies all elements to float32.</summary>
    /// <exception cref="InvalidDataException">The element type is not F32, F16 or BF16.</exception>
    public float[] ToSingles()
    {
        var result = new float[checked((int)Count)];
        switch (Type)
        {
            case TensorType.F32:
                new ReadOnlySpan<float>(Data, result.Length).CopyTo(result);
                break;
            case TensorType.BF16:
                var bf16 = new ReadOnlySpan<ushort>(Data, result.Length);
                for (var i = 0; i < result.Length; i++) result[i] = BFloat16.ToSingle(bf16[i]);
                break;
            case TensorType.F16:
                var f16 = new ReadOnlySpan<Half>(Data, result.Length);
                for (var i = 0; i < result.Length; i++) result[i] = (float)f16[i];
                break;
            default:
                throw Unexpected("F32, F16 or BF16");
        }

        return result;
    }

    internal string Describe() => $"{Type} [{string.Join(", ", Shape)}]";

    internal InvalidDataException Unexpected(string expected) => new($"{File}: tensor '{Excerpt.Of(Name)}': found {Describe()}, expected {expected}");
}
