using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using NemotronSharp.Numerics;

namespace NemotronSharp.Checkpoints;

/// <summary>A tensor to be written: its content is streamed, so that a checkpoint of any size needs little memory.</summary>
/// <param name="Name">Name in the file.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes, slowest dimension first.</param>
/// <param name="Write">Writes exactly the tensor's bytes, little-endian.</param>
public sealed record TensorContent(string Name, TensorType Type, IReadOnlyList<long> Shape, Action<Stream> Write)
{
    /// <summary>Number of bytes that <see cref="Write"/> must write.</summary>
    public long ByteLength => Type.Bytes(Shape.Aggregate(1L, (a, b) => a * b));

    /// <summary>A tensor from float32 values, rounded to nearest even where the type is narrower.</summary>
    /// <exception cref="ArgumentException">The type is not F32, F16 or BF16, or the count does not fit the shape.</exception>
    public static TensorContent FromSingles(string name, TensorType type, IReadOnlyList<long> shape, ReadOnlyMemory<float> values)
    {
        if (shape.Aggregate(1L, (a, b) => a * b) != values.Length)
            throw new ArgumentException($"tensor '{name}': found {values.Length} values, expected the shape [{string.Join(", ", shape)}]", nameof(values));
        if (type is not (TensorType.F32 or TensorType.F16 or TensorType.BF16))
            throw new ArgumentException($"tensor '{name}': found type {type}, expected F32, F16 or BF16", nameof(type));
        return new TensorContent(name, type, shape, stream => WriteSingles(stream, type, values.Span));
    }

    /// <summary>The same, with values that are made when they are written.</summary>
    internal static TensorContent FromSingles(string name, TensorType type, IReadOnlyList<long> shape, Func<float[]> values) =>
        new(name, type, shape, stream => WriteSingles(stream, type, values()));

    private static void WriteSingles(Stream stream, TensorType type, ReadOnlySpan<float> values)
    {
        Span<byte> buffer = stackalloc byte[4096];
        for (var perBuffer = buffer.Length / type.BlockBytes(); !values.IsEmpty; values = values[Math.Min(perBuffer, values.Length)..])
        {
            var some = values[..Math.Min(perBuffer, values.Length)];
            var bytes = buffer[..(int)type.Bytes(some.Length)];
            BlockEncoder.Encode(type, some, bytes);
            stream.Write(bytes);
        }
    }
}

/// <summary>Writes .safetensors files. A file appears under its name only when it is complete.</summary>
public static class SafetensorsWriter
{
    /// <summary>Writes one file, tensors in the given order.</summary>
    /// <exception cref="ArgumentException">A name occurs twice, or a tensor wrote another number of bytes than its shape needs.</exception>
    public static void Write(string path, IReadOnlyList<TensorContent> tensors) => Write(path, tensors, null);

    internal static void Write(string path, IReadOnlyList<TensorContent> tensors, WriteWatch? watch)
    {
        var header = new JsonObject { ["__metadata__"] = new JsonObject { ["format"] = "pt" } };
        long offset = 0;
        foreach (var tensor in tensors)
        {
            var entry = new JsonObject
            {
                ["dtype"] = SafetensorsFile.TypeName(tensor.Type),
                ["shape"] = new JsonArray([.. tensor.Shape.Select(d => (JsonNode)d)]),
                ["data_offsets"] = new JsonArray(offset, offset + tensor.ByteLength),
            };
            if (!header.TryAdd(tensor.Name, entry)) throw new ArgumentException($"tensor '{tensor.Name}': found twice, expected once", nameof(tensors));
            offset += tensor.ByteLength;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        var unfinished = path + ".part";
        try
        {
            using (var stream = new HugePageStream(unfinished)) Write(stream, json, tensors, watch);
            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    private static void Write(HugePageStream stream, byte[] header, IReadOnlyList<TensorContent> tensors, WriteWatch? watch)
    {
        var padding = (8 - header.Length % 8) % 8;
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length + padding);
        stream.Write(length);
        stream.Write(header);
        for (var i = 0; i < padding; i++) stream.WriteByte((byte)' ');
        var target = WriteWatch.Over(stream, watch);
        foreach (var tensor in tensors)
        {
            var before = stream.Position;
            tensor.Write(target);
            if (stream.Position - before != tensor.ByteLength)
                throw new ArgumentException($"tensor '{tensor.Name}': {stream.Position - before} bytes were written, expected {tensor.ByteLength}", nameof(tensors));
        }
    }
}
