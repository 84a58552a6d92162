using System.Collections.Immutable;
using NemotronSharp.Numerics;

namespace NemotronSharp.Checkpoints;

/// <summary>
/// One GGUF file of version 2 or 3, memory-mapped: header, metadata, tensor table, aligned data. Every count, length and offset is checked against the file
/// before it is used. Readable from any thread until disposed.
/// </summary>
internal sealed unsafe class GgufFile : IDisposable
{
    private const uint Magic = 0x46554747;              // "GGUF"
    private const int MostDimensions = 4;

    // A key or tensor entry is no smaller than this, which bounds how many a file can hold.
    private const int LeastEntryBytes = 12;

    // The format's own bound on keys, which no tensor's name comes near.
    private const int LongestName = 65535;

    private readonly MappedFile _file;

    private GgufFile(MappedFile file, GgufMetadata metadata, Dictionary<string, Tensor> tensors, int version) =>
        (_file, Metadata, Tensors, Version) = (file, metadata, tensors, version);

    public GgufMetadata Metadata { get; }

    /// <summary>Tensors by their names in the file; shapes slowest dimension first, as everywhere in this program.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors { get; }

    public int Version { get; }

    /// <summary>Whether a path is a file that begins as GGUF files do.</summary>
    public static bool IsGguf(string path)
    {
        if (!File.Exists(path)) return false;
        using var stream = File.OpenRead(path);
        Span<byte> first = stackalloc byte[4];
        return stream.ReadAtLeast(first, 4, throwOnEndOfStream: false) == 4 && first.SequenceEqual("GGUF"u8);
    }

    /// <summary>Opens and checks a file; the data is not read.</summary>
    /// <exception cref="InvalidDataException">The file is malformed; the message names what, where, found and expected.</exception>
    public static GgufFile Open(string path)
    {
        var file = new MappedFile(path);
        try
        {
            return Read(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Unmaps the file; its tensors may no longer be used.</summary>
    public void Dispose() => _file.Dispose();

    private static GgufFile Read(MappedFile file)
    {
        var cursor = new GgufCursor(file);
        if (cursor.Read<uint>("magic") is var magic && magic != Magic) throw new InvalidDataException($"{file.Path}: found the first bytes {magic:x8}, expected a GGUF file ({Magic:x8})");
        var version = cursor.Read<uint>("version");
        // Byte-swapped versions are files of big-endian machines.
        if (version is not (2 or 3)) throw new InvalidDataException($"{file.Path}: version: found {version}, expected 2 or 3");
        var tensorCount = Count(cursor, file, "number of tensors");
        var keyCount = Count(cursor, file, "number of metadata keys");

        var values = new Dictionary<string, GgufValue>(StringComparer.Ordinal);
        for (long i = 0; i < keyCount; i++)
        {
            var key = cursor.Text($"metadata key {i}", LongestName);
            if (!values.TryAdd(key, GgufValueReader.Read(cursor, key))) throw new InvalidDataException($"{file.Path}: metadata '{Excerpt.Of(key)}': found twice, expected once");
        }

        var metadata = new GgufMetadata(file.Path, values);
        var alignment = metadata.Whole("general.alignment", fallback: 32, least: 1, most: 1 << 20);
        var entries = new List<(string Name, TensorType Type, ImmutableArray<long> Shape, long Bytes, long Offset)>();
        for (long i = 0; i < tensorCount; i++) entries.Add(Entry(cursor, i, alignment));

        var data = (cursor.Position + alignment - 1) / alignment * alignment;
        return new GgufFile(file, metadata, Place(file, entries, data), (int)version);
    }

    private static long Count(GgufCursor cursor, MappedFile file, string what)
    {
        var count = cursor.Read<ulong>(what);
        return count <= (ulong)(file.Length / LeastEntryBytes) ? (long)count : throw cursor.Error(what, count.ToString(), $"at most {file.Length / LeastEntryBytes} in a file of {file.Length} bytes");
    }

    private static (string Name, TensorType Type, ImmutableArray<long> Shape, long Bytes, long Offset) Entry(GgufCursor cursor, long number, long alignment)
    {
        var name = cursor.Text($"name of tensor {number}", LongestName);
        var where = $"tensor '{Excerpt.Of(name)}'";
        var dimensions = cursor.Read<uint>($"{where}: number of dimensions");
        if (dimensions > MostDimensions) throw cursor.Error(where, $"{dimensions} dimensions", $"at most {MostDimensions}");
        var shape = new long[dimensions];
        Int128 count = 1;
        for (var i = shape.Length - 1; i >= 0; i--)      // the file's first dimension is the fastest
        {
            var size = cursor.Read<ulong>($"{where}: size");
            if (size is 0 or > long.MaxValue) throw cursor.Error(where, $"a size of {size}", "a positive one");
            shape[i] = (long)size;
            count *= size;
            if (count > long.MaxValue / 8) throw cursor.Error(where, "a shape of 2^60 elements or more", "fewer");
        }
        var id = cursor.Read<uint>($"{where}: type");
        var type = GgufTypes.Find(id) ?? throw cursor.Error(where, $"type {id}", $"one of {string.Join(", ", Enum.GetValues<TensorType>().Where(t => t.IsWeight() && t != TensorType.F8E4M3))}");
        var row = shape.Length == 0 ? 1 : shape[^1];
        if (row % type.BlockElements() != 0) throw cursor.Error(where, $"rows of {row}", $"multiples of {type.BlockElements()}, the block of {type}");
        var offset = cursor.Read<ulong>($"{where}: offset");
        if (offset > long.MaxValue || (long)offset % alignment != 0) throw cursor.Error(where, $"offset {offset}", $"a multiple of the alignment {alignment}");
        return (name, type, [.. shape], type.Bytes((long)count), (long)offset);
    }

    private static Dictionary<string, Tensor> Place(MappedFile file, List<(string Name, TensorType Type, ImmutableArray<long> Shape, long Bytes, long Offset)> entries, long data)
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        var left = file.Length - data;
        foreach (var (name, type, shape, bytes, offset) in entries)
        {
            if (offset > left || bytes > left - offset)
                throw new InvalidDataException($"{file.Path}: tensor '{Excerpt.Of(name)}': found bytes {offset} to {(Int128)offset + bytes} of the data, expected at most {Math.Max(0, left)}");
            if (!tensors.TryAdd(name, new Tensor(file.Path, name, type, shape, file.Pointer + data + offset)))
                throw new InvalidDataException($"{file.Path}: tensor '{Excerpt.Of(name)}': found twice, expected once");
        }
        Extents.RefuseOverlaps(file.Path, [.. entries.Select(e => (e.Offset, e.Offset + e.Bytes, e.Name))]);
        return tensors;
    }
}
