using System.Buffers.Binary;

namespace NemotronSharp.Training.Data;

/// <summary>
/// Packs documents into rows by best fit over a pool of open rows and writes them in the format of <see cref="PackedFormat"/>.
/// Nothing is cut: what is longer than a row is refused; no two samples of a row have the same prompt. Single-threaded; owns its file until disposed.
/// Memory: at most <c>poolSize</c> open rows, whatever the size of the corpus.
/// </summary>
internal sealed class PackedDatasetWriter : IDisposable
{
    private readonly FileStream _stream;
    private readonly int _rowLength;
    private readonly int _vocabularySize;
    private readonly int _poolSize;
    private readonly List<OpenRow> _open = [];
    private readonly byte[] _buffer;
    private bool _completed;

    /// <summary>Creates the file, or replaces it.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="rowLength">Tokens per row, 2 to 2^20.</param>
    /// <param name="vocabularySize">Ids must be below it; at most 65,536 (ids take 16 bits).</param>
    /// <param name="poolSize">How many rows may be open at once; more rows pack tighter.</param>
    public PackedDatasetWriter(string path, int rowLength, int vocabularySize, int poolSize = 64)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowLength, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rowLength, PackedFormat.MaxRowLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(vocabularySize, PackedFormat.MaxVocabulary);
        ArgumentOutOfRangeException.ThrowIfLessThan(poolSize, 1);
        (_rowLength, _vocabularySize, _poolSize) = (rowLength, vocabularySize, poolSize);
        _buffer = new byte[PackedFormat.RowBytes(rowLength)];
        _stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        _stream.Write(stackalloc byte[PackedFormat.HeaderBytes]); // filled in by Complete; until then the file has no magic and will not open
    }

    /// <summary>Tokens per row.</summary>
    public int RowLength => _rowLength;

    /// <summary>Rows written so far (open rows not counted).</summary>
    public int RowCount { get; private set; }

    /// <summary>Documents accepted; the pieces of a text cut before count one each.</summary>
    public int Documents { get; private set; }

    /// <summary>Tokens accepted, padding not counted.</summary>
    public long Tokens { get; private set; }

    /// <summary>Accepted tokens that are learned.</summary>
    public long LearnedTokens { get; private set; }

    /// <summary>Samples refused because they are longer than a row.</summary>
    public int Refused { get; private set; }

    /// <summary>Adds one sample whole, or refuses it (false) when it is longer than a row.</summary>
    /// <param name="ids">Token ids of one document.</param>
    /// <param name="lossMask">1 for a learned token, else 0; as long as <paramref name="ids"/>.</param>
    public bool AddSample(ReadOnlySpan<int> ids, ReadOnlySpan<byte> lossMask)
    {
        if (ids.Length != lossMask.Length) throw new ArgumentException($"{ids.Length} ids but {lossMask.Length} mask entries");
        ObjectDisposedException.ThrowIf(_completed, this);
        if (ids.IsEmpty) return true;
        if (ids.Length > _rowLength)
        {
            Refused++;
            return false;
        }
        Place(ids, lossMask);
        return true;
    }

    /// <summary>Adds one piece of plain text, every token learned, or refuses it (false) when it is longer than a row.</summary>
    public bool AddText(ReadOnlySpan<int> ids)
    {
        var learned = new byte[ids.Length];
        learned.AsSpan().Fill(1);
        return AddSample(ids, learned);
    }

    /// <summary>Writes the open rows and the header and closes the file; a file that was not completed cannot be opened.</summary>
    public void Complete()
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        foreach (var row in _open) Write(row);
        _open.Clear();
        Span<byte> header = stackalloc byte[PackedFormat.HeaderBytes];
        PackedFormat.WriteHeader(header, _rowLength, RowCount, _vocabularySize);
        _stream.Position = 0;
        _stream.Write(header);
        _stream.Dispose();
        _completed = true;
    }

    public void Dispose() => _stream.Dispose();

    private void Place(ReadOnlySpan<int> ids, ReadOnlySpan<byte> lossMask)
    {
        // Best fit: the fullest row that still has room, so that gaps stay few and small.
        int best = -1;
        ulong prompt = Prompt(ids, lossMask);
        for (int i = 0; i < _open.Count; i++)
            if (_open[i].Length + ids.Length <= _rowLength && (best < 0 || _open[i].Length > _open[best].Length) && !_open[i].Prompts.Contains(prompt)) best = i;
        if (best < 0)
        {
            if (_open.Count == _poolSize) CloseFullest();
            _open.Add(new OpenRow(_rowLength));
            best = _open.Count - 1;
        }
        var row = _open[best];
        for (int t = 0; t < ids.Length; t++)
        {
            if ((uint)ids[t] >= (uint)_vocabularySize) throw new ArgumentException($"token {t}: id {ids[t]} is outside the vocabulary of {_vocabularySize}");
            bool learned = lossMask[t] != 0;
            row.Ids[row.Length + t] = (ushort)ids[t];
            row.Flags[row.Length + t] = (byte)((learned ? PackedFormat.Learned : 0) | (t == 0 ? PackedFormat.Start : 0));
            if (learned) LearnedTokens++;
        }
        row.Length += ids.Length;
        if (prompt != 0) row.Prompts.Add(prompt);
        Documents++;
        Tokens += ids.Length;
        if (row.Length == _rowLength) Close(best);
    }

    // What stands before the first learned token; 0: nothing does, as in plain text.
    private static ulong Prompt(ReadOnlySpan<int> ids, ReadOnlySpan<byte> lossMask)
    {
        ulong hash = 0;
        for (int t = 0; t < ids.Length && lossMask[t] == 0; t++) hash = StableHash.Mix(hash + (ulong)ids[t] + 1);
        return hash;
    }

    private void CloseFullest()
    {
        int fullest = 0;
        for (int i = 1; i < _open.Count; i++)
            if (_open[i].Length > _open[fullest].Length) fullest = i;
        Close(fullest);
    }

    private void Close(int index)
    {
        Write(_open[index]);
        _open.RemoveAt(index);
    }

    private void Write(OpenRow row)
    {
        if (row.Length < _rowLength) row.Flags[row.Length] = PackedFormat.Start; // padding is a document of its own, never learned
        for (int t = 0; t < _rowLength; t++) BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(t * 2), row.Ids[t]);
        row.Flags.CopyTo(_buffer.AsSpan(_rowLength * 2));
        _stream.Write(_buffer);
        RowCount = checked(RowCount + 1);
    }

    private sealed class OpenRow(int rowLength)
    {
        public readonly ushort[] Ids = new ushort[rowLength];
        public readonly byte[] Flags = new byte[rowLength];
        public readonly List<ulong> Prompts = [];
        public int Length;
    }
}
