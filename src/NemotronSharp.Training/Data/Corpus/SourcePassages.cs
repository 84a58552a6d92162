using NemotronSharp.Training.Data.Tasks;

namespace NemotronSharp.Training.Data.Corpus;

/// <summary>
/// Stretches of real documents for tasks with long texts: training draws from training documents, evaluation from held-out ones.
/// Holds at most <see cref="MostCharacters"/> characters a side, whatever the size of the corpus. Read-only after construction.
/// </summary>
internal sealed class SourcePassages : IPassages
{
    private const int MostCharacters = 24_000_000;
    private readonly (TextSource Source, TextDocument Document)[] _training, _heldOut;

    public SourcePassages(IEnumerable<TextSource> sources, string root)
    {
        var (training, heldOut) = (new List<(TextSource, TextDocument)>(), new List<(TextSource, TextDocument)>());
        long trainingCharacters = 0, heldOutCharacters = 0;
        foreach (var source in sources)
            foreach (var document in source.Documents(root))
            {
                ref long characters = ref (document.HeldOut ? ref heldOutCharacters : ref trainingCharacters);
                if (characters + document.Text.Length > MostCharacters) continue;
                characters += document.Text.Length;
                (document.HeldOut ? heldOut : training).Add((source, document));
            }
        (_training, _heldOut) = ([.. training], [.. heldOut]);
    }

    /// <summary>Begins at a paragraph and ends with a sentence, so it may be some characters shorter than wanted; never longer.</summary>
    /// <exception cref="InvalidDataException">No document of this side is long enough.</exception>
    public Passage Draw(SeededRandom random, Split split, int characters)
    {
        var side = split.HeldOut ? _heldOut : _training;
        var fitting = side.Where(d => d.Document.Text.Length >= characters).ToArray();
        if (fitting.Length == 0) throw new InvalidDataException($"passages: found no {(split.HeldOut ? "held-out" : "training")} document of {characters} characters, expected one or more");
        var (source, document) = fitting[Weighted(random, fitting, characters)];
        int start = random.Next(document.Text.Length - characters + 1);
        // Back to the beginning of the paragraph.
        start = document.Text.LastIndexOf('\n', start) + 1;
        string text = document.Text.Substring(start, characters);
        int end = text.LastIndexOf(". ", StringComparison.Ordinal) + 1;
        return new Passage(source.Path, document.Index, start, end > characters / 2 ? text[..end] : text);
    }

    // A document is as likely as it has places to begin.
    private static int Weighted(SeededRandom random, (TextSource Source, TextDocument Document)[] documents, int characters)
    {
        int place = random.Next(documents.Sum(d => d.Document.Text.Length - characters + 1));
        int index = 0;
        while (place >= documents[index].Document.Text.Length - characters + 1) place -= documents[index++].Document.Text.Length - characters + 1;
        return index;
    }
}
