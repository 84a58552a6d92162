using NemotronSharp.Text;
using NemotronSharp.Training.Data.Tasks;
using NemotronSharp.Training.Data.Tasks.Tools;

namespace NemotronSharp.Training.Data.Corpus;

/// <summary>
/// Things listed twice in different writing: after a space, on a line of their own, in quotes, as_a_name, asAName. To a model with
/// whole words as tokens " Oslo", "Oslo" and "oslo_" are strangers; calls and JSON copy between such forms all the time.
/// The second list is learned. For one thread; the same random numbers give the same documents.
/// </summary>
internal sealed class EchoText(Tokenizer tokenizer, SeededRandom random)
{
    private const int EndOfDocument = 2;

    // Before the first thing, between two, after the last.
    private static readonly (string Open, string Between, string Close)[] _lists =
    [
        ("Here: ", ", ", ".\n"), ("", "\n", "\n"), ("\"", "\", \"", "\"\n"), ("- ", "\n- ", "\n"), ("(", ") (", ")\n"), ("[\"", "\", \"", "\"]\n"), ("<", "> <", ">\n"), ("Take ", " and ", ".\n"),
        ("=", "\n=", "\n"), ("{\"", "\": \"", "\"}\n"), ("with ", " with ", "\n"), (">\n", "\n<>\n", "\n<\n"),
    ];

    private static readonly Func<string, string>[] _styles =
        [NameStyle.Snake, NameStyle.Camel, words => NameStyle.Snake(words).Replace('_', '-'), words => Words.Capital(NameStyle.Camel(words)), words => Words.Capital(words), words => words.ToLowerInvariant()];

    private readonly string[] _words = [.. Enumerable.Range(0, tokenizer.VocabularySize).Where(id => !tokenizer.IsAdded(id))
        .Select(tokenizer.TokenText).Where(text => text.Length > 2 && text[0] == '\u0120' && text[1..].All(char.IsAsciiLetter)).Select(text => text[1..])];

    /// <summary>Makes the next document: its ids, and 1 for each learned one.</summary>
    public (int[] Ids, byte[] Mask) Next()
    {
        var ids = new List<int>();
        var mask = new List<byte>();
        var things = Enumerable.Range(0, random.Between(1, 6)).Select(_ => Thing()).ToArray();
        bool restyled = random.Chance(40);
        var style = random.Pick(_styles);
        Add(List(things), learned: 0);
        for (int times = random.Between(1, 2); times > 0; times--) Add(List(restyled ? [.. things.Select(style)] : things), learned: 1);
        Add([EndOfDocument], learned: 0);
        return ([.. ids], [.. mask]);

        void Add(IEnumerable<int> tokens, byte learned)
        {
            ids.AddRange(tokens);
            while (mask.Count < ids.Count) mask.Add(learned);
        }
    }

    private int[] List(string[] things)
    {
        var (open, between, close) = random.Pick(_lists);
        return tokenizer.Encode(open + string.Join(between, things) + close);
    }

    private string Thing() => random.Next(8) switch
    {
        0 or 1 => Word(),
        2 or 3 => $"{Word()} {Word()}",
        4 => $"{Word()} {Word()} {Word()}",
        5 => Words.Capital(Words.Invented(random)),
        6 => $"{random.Between(0, 99999)}",
        _ => $"{(char)('A' + random.Next(26))}{random.Between(10, 999)}",
    };

    private string Word() => random.Chance(70) ? random.Pick(_words) : Words.Invented(random);
}
