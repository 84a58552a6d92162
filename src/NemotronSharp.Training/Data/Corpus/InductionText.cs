using NemotronSharp.Text;
using NemotronSharp.Training.Data.Tasks;

namespace NemotronSharp.Training.Data.Corpus;

/// <summary>
/// Documents in which random things come again, so that only copying from the context predicts them: induction heads form
/// early from these (Olsson et al. 2022). What cannot be foretold (first occurrences, keys, fillers) is context and not learned.
/// For one thread; the same random numbers give the same documents.
/// </summary>
internal sealed class InductionText(Tokenizer tokenizer, SeededRandom random, int rowLength)
{
    private readonly int[] _tokens = [.. Enumerable.Range(0, tokenizer.VocabularySize).Where(id => !tokenizer.IsAdded(id))];
    private readonly string[] _words = [.. Enumerable.Range(0, tokenizer.VocabularySize).Where(id => !tokenizer.IsAdded(id))
        .Select(id => tokenizer.TokenText(id)).Where(IsWord).Select(t => t[1..])];
    private readonly List<int> _ids = [];
    private readonly List<byte> _mask = [];

    /// <summary>Makes the next document: its ids, and 1 for each learned one; at most a row.</summary>
    public (int[] Ids, byte[] Mask) Next()
    {
        _ids.Clear();
        _mask.Clear();
        int length = random.Between(Math.Min(128, rowLength / 2), rowLength - 1);
        while (_ids.Count < length)
        {
            int end = Math.Min(length, _ids.Count + random.Between(Math.Min(60, rowLength / 2), rowLength));
            if (random.Chance(55)) Repeats(end);
            else Recalls(end);
        }
        if (_ids.Count >= rowLength)
        {
            _ids.RemoveRange(rowLength - 1, _ids.Count - rowLength + 1);
            _mask.RemoveRange(rowLength - 1, _mask.Count - rowLength + 1);
        }
        Add([TextCutter.EndOfDocument], learned: 0);
        return ([.. _ids], [.. _mask]);
    }

    // One to five segments, each two to six times, in any order, from the beginning or from somewhere inside, with fillers between.
    private void Repeats(int end)
    {
        var kind = Kind();
        var segments = new List<int[]>();
        var order = new List<int>();
        for (int wanted = 0; segments.Count < 5 && wanted < end - _ids.Count;)
        {
            int[] segment = Stretch(kind, random.Chance(50) ? random.Between(4, 24) : random.Between(4, 120));
            int times = random.Between(2, 6);
            order.AddRange(Enumerable.Repeat(segments.Count, times));
            segments.Add(segment);
            wanted += times * segment.Length;
            if (random.Chance(25)) break;
        }
        if (random.Chance(70)) random.Shuffle(order);
        int gaps = random.Pick(0, 0, 4, 12, 40);
        bool fromInside = random.Chance(30);
        var seen = new bool[segments.Count];
        foreach (int index in order)
        {
            var segment = segments[index];
            int start = seen[index] && fromInside ? random.Next(segment.Length - 2) : 0;
            Again(segment.AsSpan(start), seen[index]);
            seen[index] = true;
            if (_ids.Count >= end) return;
            if (gaps > 0) Add(Stretch(Kind(), random.Between(1, gaps)), learned: 0);
        }
    }

    // The first token of a repetition says which segment comes; the others follow from it.
    private void Again(ReadOnlySpan<int> segment, bool seen)
    {
        int known = seen ? 1 : segment.Length;
        Add(segment[..known], learned: 0);
        Add(segment[known..], learned: 1);
    }

    // "key: value" lines, then the keys again in other orders, each with the value it had.
    private void Recalls(int end)
    {
        var (open, middle, close) = random.Pick(("", ": ", "\n"), ("", " = ", "\n"), ("", " -> ", "\n"), ("\"", "\": \"", "\"\n"), ("", "=", " "),
            ("The code of ", " is ", ". "), ("", " likes ", ". "), ("<", ">", "\n"), ("- ", ": ", "\n"));
        Func<string> key = Names(), value = random.Chance(50) ? Names() : Values();
        var pairs = new List<(string Key, string Value)>();
        int count = random.Between(2, random.Pick(6, 12, 40)), half = (_ids.Count + end) / 2;
        for (int tries = 0; tries < count && _ids.Count < half; tries++)
        {
            string name = key();
            if (pairs.Any(p => p.Key == name)) continue;
            pairs.Add((name, value()));
            Tell(pairs[^1], learned: 0);
        }
        for (int rounds = random.Between(1, 3); rounds > 0 && _ids.Count < end; rounds--)
        {
            random.Shuffle(pairs);
            if (random.Chance(30)) Add(Stretch(Kind(), random.Between(1, 30)), learned: 0);
            foreach (var pair in pairs)
                if (_ids.Count < end) Tell(pair, learned: 1);
        }

        void Tell((string Key, string Value) pair, byte learned)
        {
            bool spaced = middle.EndsWith(' '); // the space belongs to the value's first token
            Add(tokenizer.Encode(open + pair.Key + middle.TrimEnd(' ')), learned: 0);
            Add(tokenizer.Encode((spaced ? " " : "") + pair.Value + close), learned);
        }
    }

    private Func<string> Names() => random.Next(5) switch
    {
        0 => () => random.Pick(_words),
        1 => () => Words.Invented(random),
        2 => () => Words.Capital(Words.Invented(random)),
        3 => () => $"{random.Pick(_words)} {random.Pick(_words)}",
        _ => () => $"{random.Pick(_words)}_{random.Pick(_words)}",
    };

    private Func<string> Values() => random.Next(5) switch
    {
        0 => () => $"{random.Between(1, 9999)}",
        1 => () => $"{Words.Capital(Words.Invented(random))} {Words.Capital(Words.Invented(random))}",
        2 => () => string.Join(' ', Enumerable.Range(0, random.Between(2, 4)).Select(_ => random.Pick(_words))),
        3 => () => $"{(char)('A' + random.Next(26))}{(char)('A' + random.Next(26))}-{random.Between(100, 9999)}",
        _ => () => Words.Invented(random),
    };

    private Func<string>? Kind() => random.Next(6) switch
    {
        0 or 1 => null, // single tokens of the vocabulary
        2 => () => " " + random.Pick(_words),
        3 => () => " " + Words.Invented(random),
        4 => () => $" {random.Pick(_words)}{random.Pick(",", ".", "", "", ":", ";")}",
        _ => () => $" {random.Between(0, 999)}",
    };

    private int[] Stretch(Func<string>? kind, int length)
    {
        if (kind is null) return [.. Enumerable.Range(0, length).Select(_ => random.Pick(_tokens))];
        var ids = new List<int>(length + 8);
        while (ids.Count < length) tokenizer.Encode(kind(), ids);
        return [.. ids.Take(length)];
    }

    private void Add(ReadOnlySpan<int> ids, byte learned)
    {
        foreach (int id in ids)
        {
            _ids.Add(id);
            _mask.Add(learned);
        }
    }

    private static bool IsWord(string token) => token.Length > 3 && token[0] is ' ' or 'Ġ' && token.AsSpan(1).IndexOfAnyExceptInRange('a', 'z') < 0;
}
