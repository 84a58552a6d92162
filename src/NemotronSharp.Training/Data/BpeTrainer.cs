using System.Text;

namespace NemotronSharp.Training.Data;

/// <summary>
/// Learns a byte-level BPE vocabulary (Sennrich et al. 2016, over bytes as in GPT-2). Feed it the pieces of the pre-tokenizer
/// with <see cref="Count"/>, then call <see cref="Train"/>. Deterministic: ties go to the pair with the smaller left id, then the smaller right id.
/// Memory follows the number of distinct pieces, not the length of the corpus. For one thread.
/// </summary>
internal sealed class BpeTrainer
{
    private readonly Dictionary<string, long> _pieces = new(StringComparer.Ordinal);

    /// <summary>Counts one piece of pre-tokenized text; <paramref name="weight"/> lets a small source count more.</summary>
    public void Count(ReadOnlySpan<char> piece, long weight = 1)
    {
        if (piece.IsEmpty) return;
        var lookup = _pieces.GetAlternateLookup<ReadOnlySpan<char>>();
        lookup[piece] = lookup.TryGetValue(piece, out long count) ? count + weight : weight;
    }

    /// <summary>Learns merges until the vocabulary has <paramref name="vocabularySize"/> entries or no pair occurs twice.</summary>
    /// <param name="vocabularySize">Total ids wanted: reserved tokens, the 256 bytes, and the merges.</param>
    /// <param name="reserved">Tokens that take the first ids (the family's control tokens).</param>
    public BpeVocabulary Train(int vocabularySize, IReadOnlyList<string> reserved)
    {
        int firstByte = reserved.Count;
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, firstByte + 256);
        var tokens = new List<byte[]>(vocabularySize);
        for (int b = 0; b < 256; b++) tokens.Add([(byte)b]);
        var known = new HashSet<string>(tokens.Select(Latin1), StringComparer.Ordinal);
        var merges = new List<(int Left, int Right)>();

        // Sorted, so that the result does not depend on the order in which pieces were first seen.
        var words = _pieces.Where(p => p.Value > 0).OrderBy(p => p.Key, StringComparer.Ordinal)
            .Select(p => new Word([.. Encoding.UTF8.GetBytes(p.Key).Select(b => firstByte + b)], p.Value)).ToArray();
        var pairs = new Dictionary<(int, int), PairState>();
        for (int w = 0; w < words.Length; w++)
            for (int i = 0; i + 1 < words[w].Ids.Count; i++)
                AddPair(pairs, (words[w].Ids[i], words[w].Ids[i + 1]), words[w].Count, w);

        var queue = new PriorityQueue<(int Left, int Right), (long, int, int)>();
        foreach (var (pair, state) in pairs) queue.Enqueue(pair, Priority(pair, state.Count));

        while (firstByte + tokens.Count < vocabularySize && queue.TryDequeue(out var pair, out var priority))
        {
            // Counts change after a pair was queued; an outdated entry is queued again with its present count.
            var state = pairs[pair];
            if (state.Count != -priority.Item1)
            {
                if (state.Count > 1) queue.Enqueue(pair, Priority(pair, state.Count));
                continue;
            }
            if (state.Count < 2) break;
            byte[] merged = [.. tokens[pair.Left - firstByte], .. tokens[pair.Right - firstByte]];
            if (!known.Add(Latin1(merged))) continue; // another merge already spells this token: one token, one merge
            int id = firstByte + tokens.Count;
            tokens.Add(merged);
            merges.Add(pair);
            Apply(words, pairs, pair, id, queue);
        }
        return new BpeVocabulary(reserved, tokens, merges);
    }

    private static void Apply(Word[] words, Dictionary<(int, int), PairState> pairs, (int Left, int Right) pair, int id,
        PriorityQueue<(int, int), (long, int, int)> queue)
    {
        var grown = new HashSet<(int, int)>();
        var places = pairs[pair].Words;
        places.Sort(); // one order for every run
        int last = -1;
        foreach (int w in places)
        {
            if (w == last) continue;
            last = w;
            var ids = words[w].Ids;
            long count = words[w].Count;
            for (int i = 0; i + 1 < ids.Count; i++)
            {
                if (ids[i] != pair.Left || ids[i + 1] != pair.Right) continue;
                if (i > 0)
                {
                    pairs[(ids[i - 1], ids[i])].Count -= count;
                    AddPair(pairs, (ids[i - 1], id), count, w);
                    grown.Add((ids[i - 1], id));
                }
                if (i + 2 < ids.Count)
                {
                    pairs[(ids[i + 1], ids[i + 2])].Count -= count;
                    AddPair(pairs, (id, ids[i + 2]), count, w);
                    grown.Add((id, ids[i + 2]));
                }
                pairs[pair].Count -= count;
                ids[i] = id;
                ids.RemoveAt(i + 1);
            }
        }
        foreach (var p in grown)
            if (pairs[p].Count > 1) queue.Enqueue(p, Priority(p, pairs[p].Count));
    }

    private static void AddPair(Dictionary<(int, int), PairState> pairs, (int, int) pair, long count, int word)
    {
        if (!pairs.TryGetValue(pair, out var state)) pairs[pair] = state = new PairState();
        state.Count += count;
        if (state.Words.Count == 0 || state.Words[^1] != word) state.Words.Add(word);
    }

    private static (long, int, int) Priority((int Left, int Right) pair, long count) => (-count, pair.Left, pair.Right);

    private static string Latin1(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    private sealed class PairState
    {
        public long Count;
        public readonly List<int> Words = [];
    }

    private sealed record Word(List<int> Ids, long Count);
}
