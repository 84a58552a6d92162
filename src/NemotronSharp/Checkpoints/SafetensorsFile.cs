using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;
using NemotronSharp.Configuration;
using NemotronSharp.Numerics;

namespace NemotronSharp.Checkpoints;

/// <summary>
/// One .safetensors file, memory-mapped: u64 header length, JSON header (name → dtype, shape, data_offsets), data.
/// Every offset is checked against the file before a tensor is handed out. Readable from any thread until disposed.
/// </summary>
public sealed unsafe class SafetensorsFile : IDisposable
{
    // The reference implementation's own bound.
    private const long LargestHeader = 100_000_000;

    private readonly MappedFile _file;

    private SafetensorsFile(MappedFile file) => _file = file;

    /// <summary>Where it lies.</summary>
    public string Path => _file.Path;

    /// <summary>Tensors by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors { get; private set; } = ImmutableDictionary<string, Tensor>.Empty;

    /// <summary>Opens and checks a file; the data is not read.</summary>
    /// <exception cref="InvalidDataException">The header is malformed or a tensor does not lie inside the file.</exception>
    public static SafetensorsFile Open(string path)
    {
        var file = new MappedFile(path);
        try
        {
            return new SafetensorsFile(file) { Tensors = ReadHeader(file) };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Unmaps the file; its tensors may no longer be used.</summary>
    public void Dispose() => _file.Dispose();

    private static Dictionary<string, Tensor> ReadHeader(MappedFile file)
    {
        if (file.Length < 8) throw new InvalidDataException($"{file.Path}: found {file.Length} bytes, expected at least the 8 of the header length");
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(file.Pointer, 8));
        if (headerLength > (ulong)Math.Min(LargestHeader, file.Length - 8))
            throw new InvalidDataException($"{file.Path}: header length: found {headerLength}, expected at most {Math.Min(LargestHeader, file.Length - 8)}");

        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        var extents = new List<(long Begin, long End, string Name)>();
        var data = file.Pointer + 8 + headerLength;
        var dataLength = file.Length - 8 - (long)headerLength;
        try
        {
            using var header = new UnmanagedMemoryStream(file.Pointer + 8, (long)headerLength);
            using var document = JsonDocument.Parse(header);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new InvalidDataException($"{file.Path}: header: found {document.RootElement.ValueKind}, expected an object");
            foreach (var entry in document.RootElement.EnumerateObject())
            {
                if (entry.Name == "__metadata__") continue;
                var (type, shape, begin, end) = ReadEntry(file.Path, entry, dataLength);
                if (!tensors.TryAdd(entry.Name, new Tensor(file.Path, entry.Name, type, shape, data + begin)))
                    throw new InvalidDataException($"{file.Path}: tensor '{Excerpt.Of(entry.Name)}': found twice, expected once");
                if (end > begin) extents.Add((begin, end, entry.Name));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException is what System.Text.Json throws for names and texts that are no valid Unicode.
            throw JsonText.NotValid($"{file.Path}: header", e);
        }

        Extents.RefuseOverlaps(file.Path, extents);
        return tensors;
    }

    private static (TensorType Type, ImmutableArray<long> Shape, long Begin, long End) ReadEntry(string path, JsonProperty entry, long dataLength)
    {
        InvalidDataException Error(string found, string expected) => new($"{path}: tensor '{Excerpt.Of(entry.Name)}': found {found}, expected {expected}");

        if (entry.Value.ValueKind != JsonValueKind.Object
            || !entry.Value.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String
            || !entry.Value.TryGetProperty("shape", out var dims) || dims.ValueKind != JsonValueKind.Array
            || !entry.Value.TryGetProperty("data_offsets", out var offsets) || offsets.ValueKind != JsonValueKind.Array || offsets.GetArrayLength() != 2)
            throw Error("an incomplete entry", "dtype, shape and two data_offsets");
        var type = ParseType(dtype.GetString()!) ?? throw Error($"dtype {Excerpt.Of(dtype.GetString()!)}", "a known dtype");

        if (dims.GetArrayLength() > 8) throw Error($"{dims.GetArrayLength()} dimensions", "at most 8");
        var shape = ImmutableArray.CreateBuilder<long>(dims.GetArrayLength());
        Int128 bytes = type.BlockBytes(); // the format has no block types
        foreach (var dim in dims.EnumerateArray())
        {
            if (dim.ValueKind != JsonValueKind.Number || !dim.TryGetInt64(out var size) || size < 0) throw Error($"size {ConfigFields.Show(dim)}", "a whole number of at least 0");
            shape.Add(size);
            bytes *= size;
            if (bytes > long.MaxValue) throw Error($"shape [{string.Join(", ", shape)}]", "fewer than 2^63 bytes");
        }

        if (offsets[0].ValueKind != JsonValueKind.Number || !offsets[0].TryGetInt64(out var begin)
            || offsets[1].ValueKind != JsonValueKind.Number || !offsets[1].TryGetInt64(out var end)
            || begin < 0 || end < begin || end > dataLength)
            throw Error($"data_offsets {ConfigFields.Show(offsets)}", $"0 ≤ begin ≤ end ≤ {dataLength}");
        if (end - begin != bytes) throw Error($"{end - begin} bytes", $"{bytes} for {dtype.GetString()} [{string.Join(", ", shape)}]");
        return (type, shape.ToImmutable(), begin, end);
    }

    private static TensorType? ParseType(string dtype) => dtype switch
    {
        "F32" => TensorType.F32,
        "F16" => TensorType.F16,
        "BF16" => TensorType.BF16,
        "F64" => TensorType.F64,
        "F8_E4M3" => TensorType.F8E4M3,
        "F8_E5M2" => TensorType.F8E5M2,
        "U8" => TensorType.U8,
        "I8" => TensorType.I8,
        "I16" => TensorType.I16,
        "I32" => TensorType.I32,
        "I64" => TensorType.I64,
        "BOOL" => TensorType.Bool,
        _ => null,
    };

    internal static string TypeName(TensorType type) => type switch
    {
        TensorType.F8E4M3 => "F8_E4M3",
        TensorType.F8E5M2 => "F8_E5M2",
        TensorType.Bool => "BOOL",
        _ => type.ToString(),
    };
}
