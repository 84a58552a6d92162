using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;

namespace NemotronSharp.Training.Data;

/// <summary>
/// Memory-mapped rows of packed training documents, written by <see cref="PackedDatasetWriter"/>.
/// Immutable after <see cref="Open"/>; any number of threads may read rows at once; owned and disposed by the opener.
/// </summary>
internal sealed class PackedDataset : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly string _path;

    private PackedDataset(string path, MemoryMappedFile file, MemoryMappedViewAccessor view, int rowLength, int rowCount, int vocabularySize)
    {
        (_path, _file, _view) = (path, file, view);
        (RowLength, RowCount, VocabularySize) = (rowLength, rowCount, vocabularySize);
    }

    /// <summary>Tokens per row.</summary>
    public int RowLength { get; }

    /// <summary>Number of rows.</summary>
    public int RowCount { get; }

    /// <summary>Every id is below this.</summary>
    public int VocabularySize { get; }

    /// <summary>Opens and validates a packed dataset.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The header is wrong or does not fit the file's length.</exception>
    public static PackedDataset Open(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        Span<byte> header = stackalloc byte[PackedFormat.HeaderBytes];
        stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        var (rowLength, rowCount, vocabulary) = PackedFormat.ReadHeader(header, stream.Length, path);
        var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        return new PackedDataset(path, file, file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read), rowLength, rowCount, vocabulary);
    }

    /// <summary>Reads one row.</summary>
    /// <param name="row">0 to <see cref="RowCount"/> - 1.</param>
    /// <param name="ids">Receives <see cref="RowLength"/> token ids; padding is id 0.</param>
    /// <param name="lossMask">Receives 1 where the token is learned, else 0; belongs to the token itself, so a trainer that predicts the next token shifts it with the labels.</param>
    /// <param name="documents">Receives the document number of each token, counted from 0 in the row; padding at the end is a document of its own.</param>
    /// <exception cref="ArgumentException">The row does not exist or a span is not exactly one row long.</exception>
    /// <exception cref="InvalidDataException">The row holds an id outside the vocabulary or an unknown flag.</exception>
    public void ReadRow(int row, Span<int> ids, Span<byte> lossMask, Span<int> documents)
    {
        if ((uint)row >= (uint)RowCount) throw new ArgumentOutOfRangeException(nameof(row), row, $"{_path} has rows 0 to {RowCount - 1}");
        if (ids.Length != RowLength || lossMask.Length != RowLength || documents.Length != RowLength)
            throw new ArgumentException($"spans of {ids.Length}, {lossMask.Length} and {documents.Length}, expected the row length {RowLength} for each");

        var buffer = new byte[PackedFormat.RowBytes(RowLength)];
        _view.SafeMemoryMappedViewHandle.ReadSpan((ulong)(PackedFormat.HeaderBytes + (long)row * buffer.Length), buffer.AsSpan());
        var flags = buffer.AsSpan(RowLength * 2);
        int document = -1;
        for (int t = 0; t < RowLength; t++)
        {
            int id = BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(t * 2));
            byte flag = flags[t];
            if (id >= VocabularySize) throw new InvalidDataException($"{_path}: row {row}, token {t}: id {id} is outside the vocabulary of {VocabularySize}");
            if (flag > (PackedFormat.Learned | PackedFormat.Start)) throw new InvalidDataException($"{_path}: row {row}, token {t}: unknown flags {flag}");
            if (t == 0 || (flag & PackedFormat.Start) != 0) document++;
            ids[t] = id;
            lossMask[t] = (byte)(flag & PackedFormat.Learned);
            documents[t] = document;
        }
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
