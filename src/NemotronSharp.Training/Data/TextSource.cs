using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;

namespace NemotronSharp.Training.Data;

/// <summary>A corpus of plain text as the recipe names it; read as a stream, so memory does not follow its size.</summary>
/// <param name="Name">Name for reports.</param>
/// <param name="Path">Path below the source root; <c>.gz</c> is unpacked, <c>.jsonl</c> means one object with a <c>text</c> per line, else the file is one document per paragraph block.</param>
/// <param name="Sha256">Of the file as it lies on disk, in lower-case hex.</param>
/// <param name="Licence">Of the text.</param>
/// <param name="DocumentCharacters">Only the beginning of each document is used, at most so many characters, cut at a paragraph or sentence end.</param>
/// <param name="Repeat">How often the source is read; for very small ones.</param>
internal sealed record TextSource(string Name, string Path, string Sha256, string Licence, int DocumentCharacters, int Repeat = 1)
{
    /// <summary>Checks that the file is the one the recipe means.</summary>
    /// <exception cref="InvalidDataException">Its SHA-256 differs.</exception>
    public void Verify(string root)
    {
        string file = Locate(root);
        using var stream = File.OpenRead(file);
        string actual = Convert.ToHexStringLower(SHA256.HashData(stream));
        if (actual != Sha256) throw new InvalidDataException($"{file}: SHA-256 {actual}, the recipe's source '{Name}' expects {Sha256}");
    }

    /// <summary>The documents, cleaned and cut, in file order, <see cref="Repeat"/> times.</summary>
    public IEnumerable<string> Documents(string root)
    {
        for (int pass = 0; pass < Repeat; pass++)
            foreach (string raw in Raw(Locate(root)))
            {
                string document = Cut(Clean(raw));
                if (document.Length >= 80) yield return document;
            }
    }

    private string Locate(string root)
    {
        string file = System.IO.Path.Combine(root, Path);
        return File.Exists(file) ? file : throw new FileNotFoundException($"source '{Name}': there is no {file}; --source-root names the folder that holds it", file);
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

    // Markdown headings and rules are furniture; typographic signs become the plain ones of a small vocabulary.
    private static string Clean(string text)
    {
        text = WebUtility.HtmlDecode(text).ReplaceLineEndings("\n").Replace('“', '"').Replace('”', '"').Replace('’', '\'').Replace('‘', '\'').Replace("—", " - ").Replace('–', '-').Replace("…", "...").Replace('\u00A0', ' ').Replace(" ()", "");
        var kept = text.Split('\n').Where(l => !l.StartsWith('#') && !l.StartsWith("---", StringComparison.Ordinal)).Select(l => l.Trim());
        return string.Join('\n', kept.Where(l => l.Length > 0));
    }

    private string Cut(string text)
    {
        if (text.Length <= DocumentCharacters) return text;
        string head = text[..DocumentCharacters];
        int end = Math.Max(head.LastIndexOf('\n'), head.LastIndexOf(". ", StringComparison.Ordinal) + 1);
        return head[..(end > 0 ? end : DocumentCharacters)].TrimEnd();
    }
}
