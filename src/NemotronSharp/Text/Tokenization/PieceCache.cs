using System.Numerics;
using System.Runtime.CompilerServices;

namespace NemotronSharp.Text;

/// <summary>
/// Remembers the ids of pieces of up to 15 bytes that make up to 4 ids: nearly all of running text. Fixed size (2 MB), two entries to a
/// set, the one used last stays. For one thread at a time.
/// </summary>
internal sealed class PieceCache
{
    public const int MaxIds = 4;
    private const int SetBits = 15;

    private readonly Entry[] _entries = new Entry[2 << SetBits];

    /// <summary>The ids of a piece, -1 after the last; a null reference when the piece is not remembered.</summary>
    public ref readonly PieceIds Find(PieceKey key)
    {
        var set = SetOf(key);
        ref var newer = ref _entries[set];
        if (newer.Key == key) return ref newer.Ids;
        ref var older = ref _entries[set + 1];
        if (older.Key != key) return ref Unsafe.NullRef<PieceIds>();
        (newer, older) = (older, newer);
        return ref newer.Ids;
    }

    public void Add(PieceKey key, ReadOnlySpan<int> ids)
    {
        var set = SetOf(key);
        _entries[set + 1] = _entries[set];
        ref var entry = ref _entries[set];
        entry.Key = key;
        ((Span<int>)entry.Ids).Fill(-1);
        ids.CopyTo(entry.Ids);
    }

    private static int SetOf(PieceKey key)
    {
        var mixed = (key.Low ^ BitOperations.RotateLeft(key.High * 0x9E3779B97F4A7C15, 32)) * 0xD6E8FEB86659FD93;
        return (int)(mixed >> (64 - SetBits)) << 1;
    }

    private struct Entry
    {
        public PieceKey Key;
        public PieceIds Ids;
    }
}

[InlineArray(PieceCache.MaxIds)]
internal struct PieceIds
{
    private int _first;
}

/// <summary>A piece of 1 to 15 UTF-8 bytes as two words: the bytes, zeros, and the length in the last byte, so that no key is all zero.</summary>
internal readonly record struct PieceKey(ulong Low, ulong High)
{
    public const int MaxBytes = 15;

    /// <summary>The key of an ASCII piece of 1 to 15 characters; false for any other piece.</summary>
    public static bool TryPackAscii(ReadOnlySpan<char> piece, out PieceKey key)
    {
        key = default;
        if (piece.Length > MaxBytes) return false;
        ulong low = 0, high = (ulong)piece.Length << 56;
        var all = 0;
        for (var i = 0; i < piece.Length; i++)
        {
            var c = piece[i];
            all |= c;
            if (i < 8) low |= (ulong)c << (8 * i);
            else high |= (ulong)c << (8 * (i - 8));
        }
        key = new PieceKey(low, high);
        return all < 0x80;
    }

    /// <summary>The key of 1 to 15 bytes.</summary>
    public static PieceKey Pack(ReadOnlySpan<byte> piece)
    {
        ulong low = 0, high = (ulong)piece.Length << 56;
        for (var i = 0; i < piece.Length; i++)
        {
            if (i < 8) low |= (ulong)piece[i] << (8 * i);
            else high |= (ulong)piece[i] << (8 * (i - 8));
        }
        return new PieceKey(low, high);
    }
}
