using System.IO.Compression;
using System.Text.Json;

namespace NemotronSharp.Training.Data.Corpus;

/// <summary>A corpus of plain text as the recipe names it; read as a stream, so memory does not follow its size.</summary>
/// <param name="Name">Name for reports.</param>
/// <param name="Path">Path below the source root; <c>.gz</c> is unpacked, <c>.jsonl</c> means one object with a <c>text</c> per line, else every line is a document.</param>
/// <param name="Sha256">Of the file as it lies on disk, in lower-case hex.</param>
/// <param name="Licence">Of the text.</param>
/// <param name="HeldOutPercent">Share of the documents that training never sees, chosen by a hash of each document's text.</param>
internal sealed record TextSource(string Name, string Path, string Sha256, string Licence, int HeldOutPercent = 0)
{
    private const int ShortestDocument = 80;

    /// <summary>Checks that the file is the one the recipe means.</summary>
    /// <exception cref="InvalidDataException">Its SHA-256 differs.</exception>
    public void Verify(string root) => SourceFiles.Verify($"source '{Name}'", [SourceFiles.Locate(Name, root, Path)], Sha256);

    /// <summary>The documents, cleaned, in file order; what is hardly a sentence is left out.</summary>
    public IEnumerable<TextDocument> Documents(string root)
    {
        int index = -1;
        foreach (string raw in Raw(SourceFiles.Locate(Name, root, Path)))
        {
            index++;
            string text = TextCleaning.Clean(raw);
            if (text.Length >= ShortestDocument)
                yield return new TextDocument(index, text, StableHash.Of(text) % 100 < (ulong)HeldOutPercent);
        }
    }

    private IEnumerable<string> Raw(string file)
    {
        using var stream = File.OpenRead(file);
        bool zipped = Path.EndsWith(".gz", StringComparison.Ordinal);
        using Stream plain = zipped ? new GZipStream(stream, CompressionMode.Decompress) : stream;
        using var reader = new StreamReader(plain);
        bool lines = Path.Contains(".jsonl", StringComparison.Ordinal);
        int number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            yield return lines ? TextOf(line, file, number) : line;
        }
    }

    private static string TextOf(string line, string file, int number)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.GetProperty("text").GetString() ?? throw new InvalidDataException($"{file}: line {number}: 'text' is null");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"{file}: line {number}: expected a JSON object with a string 'text': {e.Message}", e);
        }
    }
}

/// <summary>One document of a source.</summary>
/// <param name="Index">Its number among the non-empty lines of the file, from 0.</param>
/// <param name="Text">Cleaned.</param>
/// <param name="HeldOut">Kept from training.</param>
internal readonly record struct TextDocument(int Index, string Text, bool HeldOut);
