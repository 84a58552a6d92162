using System.Text;

namespace NemotronSharp.Checkpoints;

/// <summary>Writes GGUF files, version 3. A file appears under its name only when it is complete.</summary>
internal static class GgufWriter
{
    private const int Alignment = 32;

    /// <summary>Writes one file; metadata and tensors in the given order.</summary>
    /// <param name="path">The file.</param>
    /// <param name="metadata">Keys with their values.</param>
    /// <param name="tensors">Shapes slowest dimension first; each writes the bytes of its type.</param>
    /// <param name="watch">Is told what was written.</param>
    /// <exception cref="ArgumentException">A name occurs twice, or a tensor wrote another number of bytes than its shape needs.</exception>
    public static void Write(string path, IReadOnlyList<KeyValuePair<string, GgufValue>> metadata, IReadOnlyList<TensorContent> tensors, WriteWatch? watch = null)
    {
        if (metadata.GroupBy(m => m.Key).FirstOrDefault(g => g.Count() > 1) is { } key) throw new ArgumentException($"metadata '{key.Key}': found {key.Count()} times, expected once", nameof(metadata));
        if (tensors.GroupBy(t => t.Name).FirstOrDefault(g => g.Count() > 1) is { } name) throw new ArgumentException($"tensor '{name.Key}': found {name.Count()} times, expected once", nameof(tensors));
        var temporary = path + ".part";
        try
        {
            using (var stream = new HugePageStream(temporary)) Write(stream, metadata, tensors, watch);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static void Write(HugePageStream stream, IReadOnlyList<KeyValuePair<string, GgufValue>> metadata, IReadOnlyList<TensorContent> tensors, WriteWatch? watch)
    {
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write("GGUF"u8);
            writer.Write(3u);
            writer.Write((ulong)tensors.Count);
            writer.Write((ulong)metadata.Count);
            foreach (var (key, value) in metadata)
            {
                Text(writer, key);
                writer.Write((uint)value.Kind);
                Value(writer, value);
            }

            long offset = 0;
            foreach (var tensor in tensors)
            {
                Text(writer, tensor.Name);
                writer.Write((uint)tensor.Shape.Count);
                foreach (var size in tensor.Shape.Reverse()) writer.Write((ulong)size);
                writer.Write(GgufTypes.IdOf(tensor.Type));
                writer.Write((ulong)offset);
                offset = Aligned(offset + tensor.ByteLength);
            }
        }

        watch?.Expect(tensors.Sum(t => t.ByteLength));
        var target = WriteWatch.Over(stream, watch);
        foreach (var tensor in tensors)
        {
            Pad(stream);
            var begin = stream.Position;
            tensor.Write(target);
            if (stream.Position - begin != tensor.ByteLength) throw new ArgumentException($"tensor '{tensor.Name}': wrote {stream.Position - begin} bytes, expected {tensor.ByteLength}");
        }
        Pad(stream);
    }

    private static void Value(BinaryWriter writer, GgufValue value)
    {
        if (value.Kind != GgufKind.Array)
        {
            Single(writer, value.Kind, value.Value);
            return;
        }
        var elements = (Array)value.Value;
        writer.Write((uint)value.ElementKind);
        writer.Write((ulong)elements.Length);
        foreach (var element in elements) Single(writer, value.ElementKind, element!);
    }

    private static void Single(BinaryWriter writer, GgufKind kind, object value)
    {
        switch (kind)
        {
            case GgufKind.U8: writer.Write(checked((byte)(ulong)value)); break;
            case GgufKind.I8: writer.Write(checked((sbyte)(long)value)); break;
            case GgufKind.U16: writer.Write(checked((ushort)(ulong)value)); break;
            case GgufKind.I16: writer.Write(checked((short)(long)value)); break;
            case GgufKind.U32: writer.Write(checked((uint)(ulong)value)); break;
            case GgufKind.I32: writer.Write(checked((int)(long)value)); break;
            case GgufKind.F32: writer.Write((float)(double)value); break;
            case GgufKind.Bool: writer.Write((bool)value); break;
            case GgufKind.String: Text(writer, (string)value); break;
            case GgufKind.U64: writer.Write((ulong)value); break;
            case GgufKind.I64: writer.Write((long)value); break;
            default: writer.Write((double)value); break;
        }
    }

    private static void Text(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private static long Aligned(long offset) => (offset + Alignment - 1) / Alignment * Alignment;

    private static void Pad(Stream stream)
    {
        Span<byte> zeros = stackalloc byte[Alignment];
        zeros.Clear();
        stream.Write(zeros[..(int)(Aligned(stream.Position) - stream.Position)]);
    }
}
