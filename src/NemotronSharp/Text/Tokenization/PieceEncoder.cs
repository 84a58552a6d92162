using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace NemotronSharp.Text;

/// <summary>Encodes plain text: pieces, a cache of the short ones, merging for the rest. Working memory of one call at a time.</summary>
/// <param name="merger">Merges pieces that the cache does not hold.</param>
/// <param name="wholePieces">Tokens that a whole piece may be without merging (ignore_merges), in the byte alphabet; null when pieces always merge.</param>
internal sealed class PieceEncoder(BytePairMerger merger, Dictionary<string, int>? wholePieces)
{
    private const int ShortPiece = 1024;

    private readonly PieceCache _cache = new();
    private readonly byte[] _utf8 = new byte[3 * ShortPiece];

    public void Encode(ReadOnlySpan<char> text, List<int> destination)
    {
        while (!text.IsEmpty)
        {
            var length = PreTokenizer.NextPiece(text);
            EncodePiece(text[..length], destination);
            text = text[length..];
        }
    }

    private void EncodePiece(ReadOnlySpan<char> piece, List<int> destination)
    {
        if (PieceKey.TryPackAscii(piece, out var key))
        {
            if (TryCached(key, destination)) return;
            MergeAndRemember(key, Utf8Of(piece), destination);
            return;
        }
        var utf8 = Utf8Of(piece);
        if (utf8.Length > PieceKey.MaxBytes)
        {
            Merge(utf8, destination);
            return;
        }
        key = PieceKey.Pack(utf8);
        if (!TryCached(key, destination)) MergeAndRemember(key, utf8, destination);
    }

    private bool TryCached(PieceKey key, List<int> destination)
    {
        ref readonly var ids = ref _cache.Find(key);
        if (Unsafe.IsNullRef(in ids)) return false;
        foreach (var id in ids)
        {
            if (id < 0) break;
            destination.Add(id);
        }
        return true;
    }

    private void MergeAndRemember(PieceKey key, ReadOnlySpan<byte> utf8, List<int> destination)
    {
        var start = destination.Count;
        Merge(utf8, destination);
        var count = destination.Count - start;
        if (count > PieceCache.MaxIds) return;
        _cache.Add(key, CollectionsMarshal.AsSpan(destination)[start..]);
    }

    private void Merge(ReadOnlySpan<byte> utf8, List<int> destination)
    {
        if (wholePieces is not null && TryWhole(utf8, out var id)) destination.Add(id);
        else merger.Merge(utf8, destination);
    }

    private bool TryWhole(ReadOnlySpan<byte> utf8, out int id)
    {
        Span<char> small = stackalloc char[128];
        var text = utf8.Length <= small.Length ? small[..utf8.Length] : new char[utf8.Length];
        ByteAlphabet.Write(utf8, text);
        return wholePieces!.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out id);
    }

    // Lone surrogates become U+FFFD here.
    private ReadOnlySpan<byte> Utf8Of(ReadOnlySpan<char> piece)
    {
        var buffer = piece.Length <= ShortPiece ? _utf8 : new byte[Encoding.UTF8.GetByteCount(piece)];
        return buffer.AsSpan(0, Encoding.UTF8.GetBytes(piece, buffer));
    }
}
