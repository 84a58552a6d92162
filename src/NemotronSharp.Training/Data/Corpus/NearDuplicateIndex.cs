using System.Runtime.InteropServices;

namespace NemotronSharp.Training.Data.Corpus;

/// <summary>
/// Finds texts that share most of their word 5-shingles with an earlier one: MinHash (Broder 1997) with locality-sensitive banding.
/// Memory: 0.8 to 1.6 KB for each text kept, however long it is. For one thread.
/// </summary>
internal sealed class NearDuplicateIndex
{
    private const int ShingleWords = 5, Bands = 16, BandRows = 4, Hashes = Bands * BandRows;

    // Texts of Jaccard similarity 0.8 meet in a band with probability 0.9998, those of 0.3 with 0.12; the estimate then decides.
    private const double Threshold = 0.8;

    private static readonly ulong[] _factors = [.. Enumerable.Range(1, Hashes).Select(i => StableHash.Mix((ulong)i) | 1)];
    private readonly Dictionary<ulong, int>[] _newest = [.. Enumerable.Range(0, Bands).Select(_ => new Dictionary<ulong, int>())];
    private readonly List<uint> _signatures = [];
    private readonly List<int> _older = []; // per text and band: the text that came before it with the same band

    /// <summary>Number of texts kept.</summary>
    public int Count => _signatures.Count / Hashes;

    /// <summary>Takes the text in, or returns false when it is a near duplicate of one taken in before.</summary>
    public bool TryAdd(ReadOnlySpan<char> text)
    {
        Span<uint> signature = stackalloc uint[Hashes];
        if (!Sign(text, signature)) return true; // without a word there is nothing to compare
        Span<ulong> bands = stackalloc ulong[Bands];
        for (int band = 0; band < Bands; band++)
        {
            bands[band] = BandKey(signature.Slice(band * BandRows, BandRows));
            if (!_newest[band].TryGetValue(bands[band], out int other)) continue;
            for (; other >= 0; other = _older[other * Bands + band])
                if (Agreement(signature, other) >= Threshold) return false;
        }
        int number = Count;
        foreach (uint minimum in signature) _signatures.Add(minimum);
        for (int band = 0; band < Bands; band++)
        {
            ref int newest = ref CollectionsMarshal.GetValueRefOrAddDefault(_newest[band], bands[band], out bool known);
            _older.Add(known ? newest : -1);
            newest = number;
        }
        return true;
    }

    private double Agreement(ReadOnlySpan<uint> signature, int other)
    {
        var theirs = CollectionsMarshal.AsSpan(_signatures).Slice(other * Hashes, Hashes);
        int same = 0;
        for (int i = 0; i < Hashes; i++)
            if (signature[i] == theirs[i]) same++;
        return (double)same / Hashes;
    }

    private static bool Sign(ReadOnlySpan<char> text, Span<uint> signature)
    {
        signature.Fill(uint.MaxValue);
        Span<ulong> words = stackalloc ulong[ShingleWords];
        var reader = new WordReader(text);
        int count = 0;
        while (reader.Next(out ulong word))
        {
            words[..^1].CopyTo(words[1..]);
            words[0] = word;
            if (++count >= ShingleWords) Include(words, signature);
        }
        if (count is > 0 and < ShingleWords) Include(words[..count], signature);
        return count > 0;
    }

    private static void Include(ReadOnlySpan<ulong> words, Span<uint> signature)
    {
        ulong shingle = 0;
        foreach (ulong word in words) shingle = StableHash.Mix(shingle + word);
        for (int i = 0; i < Hashes; i++)
            signature[i] = Math.Min(signature[i], (uint)(shingle * _factors[i] >> 32));
    }

    private static ulong BandKey(ReadOnlySpan<uint> rows)
    {
        ulong key = 0;
        foreach (uint row in rows) key = StableHash.Mix(key + row + 1);
        return key;
    }
}
