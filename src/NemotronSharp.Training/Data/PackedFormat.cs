using System.Buffers.Binary;

namespace NemotronSharp.Training.Data;

/// <summary>
/// The file layout of packed training rows, little endian: a 32-byte header (8-byte magic, then version, row length,
/// row count, vocabulary size and two reserved zero words, each 32 bits), then per row its ids (16 bits each) and its flags (8 bits each).
/// </summary>
internal static class PackedFormat
{
    public const int HeaderBytes = 32;
    public const int Version = 1;
    public const int MaxRowLength = 1 << 20;
    public const int MaxVocabulary = 1 << 16;

    /// <summary>Flag bit: the token is a learned one (the model is asked to predict it).</summary>
    public const byte Learned = 1;

    /// <summary>Flag bit: a new document starts at this token; Mamba states and attention begin afresh here.</summary>
    public const byte Start = 2;

    public static ReadOnlySpan<byte> Magic => "NSPACK\r\n"u8;

    public static int RowBytes(int rowLength) => rowLength * 3;

    public static void WriteHeader(Span<byte> header, int rowLength, int rowCount, int vocabularySize)
    {
        header.Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], rowLength);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], rowCount);
        BinaryPrimitives.WriteInt32LittleEndian(header[20..], vocabularySize);
    }

    /// <summary>Reads and checks the header against the file's length.</summary>
    /// <exception cref="InvalidDataException">The file is not a packed dataset of this version or its sizes contradict each other.</exception>
    public static (int RowLength, int RowCount, int VocabularySize) ReadHeader(ReadOnlySpan<byte> header, long fileLength, string path)
    {
        if (fileLength < HeaderBytes || !header[..8].SequenceEqual(Magic))
            throw new InvalidDataException($"{path}: not a packed dataset (the first 8 bytes are not the magic 'NSPACK')");
        int version = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        int rowLength = BinaryPrimitives.ReadInt32LittleEndian(header[12..]);
        int rowCount = BinaryPrimitives.ReadInt32LittleEndian(header[16..]);
        int vocabulary = BinaryPrimitives.ReadInt32LittleEndian(header[20..]);
        if (version != Version) throw new InvalidDataException($"{path}: packed dataset version {version}, expected {Version}");
        if (rowLength is < 2 or > MaxRowLength) throw new InvalidDataException($"{path}: row length {rowLength}, expected 2 to {MaxRowLength}");
        if (vocabulary is < 1 or > MaxVocabulary) throw new InvalidDataException($"{path}: vocabulary size {vocabulary}, expected 1 to {MaxVocabulary}");
        if (rowCount < 0) throw new InvalidDataException($"{path}: row count {rowCount} is negative");
        long expected = HeaderBytes + (long)rowCount * RowBytes(rowLength);
        if (fileLength != expected)
            throw new InvalidDataException($"{path}: {fileLength} bytes, expected {expected} for {rowCount} rows of {rowLength} tokens");
        return (rowLength, rowCount, vocabulary);
    }
}
