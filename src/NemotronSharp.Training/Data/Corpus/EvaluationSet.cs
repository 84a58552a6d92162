using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace NemotronSharp.Training.Data.Corpus;

/// <summary>A benchmark that training must not touch.</summary>
/// <param name="Path">File below the source root, or a pattern with <c>*</c>: JSON, JSON lines, CSV with a header, or plain text; <c>.gz</c> is unpacked.</param>
/// <param name="Sha256">Of the files one after the other, sorted by path.</param>
/// <param name="Fields">JSON: every text below a property of such a name, at any depth; CSV: the columns. Plain text has none.</param>
internal sealed record EvaluationSet(string Path, string Sha256, IReadOnlyList<string>? Fields = null)
{
    public void Verify(string root) => SourceFiles.Verify($"evaluation set '{Path}'", SourceFiles.Match(Path, root, Path), Sha256);

    /// <summary>Its texts.</summary>
    /// <exception cref="InvalidDataException">A file is not what its name says, or none holds one of the fields.</exception>
    public IEnumerable<string> Texts(string root)
    {
        int found = 0;
        foreach (string text in SourceFiles.Match(Path, root, Path).SelectMany(Read))
        {
            found++;
            yield return text;
        }
        if (found == 0) throw new InvalidDataException($"evaluation set '{Path}': found no text, expected some in {string.Join(", ", Fields ?? ["the file"])}");
    }

    private IEnumerable<string> Read(string file)
    {
        string name = file.EndsWith(".gz", StringComparison.Ordinal) ? file[..^3] : file;
        string content = Content(file);
        if (Fields is null) return [content];
        if (name.EndsWith(".csv", StringComparison.Ordinal)) return Csv.Columns(content, Fields, file);
        return JsonTexts(content, file);
    }

    // A JSON file is one value, a JSON-lines file one after the other: the reader takes both.
    private List<string> JsonTexts(string content, string file)
    {
        var texts = new List<string>();
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(content), new JsonReaderOptions { AllowMultipleValues = true });
        try
        {
            while (reader.Read())
            {
                using var value = JsonDocument.ParseValue(ref reader);
                Collect(value.RootElement, false, texts);
            }
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file}: {e.Message}", e);
        }
        return texts;
    }

    private void Collect(JsonElement value, bool inside, List<string> texts)
    {
        if (value.ValueKind == JsonValueKind.Object)
            foreach (var property in value.EnumerateObject()) Collect(property.Value, inside || Fields!.Contains(property.Name), texts);
        else if (value.ValueKind == JsonValueKind.Array)
            foreach (var item in value.EnumerateArray()) Collect(item, inside, texts);
        else if (inside && value.ValueKind == JsonValueKind.String) texts.Add(value.GetString()!);
    }

    private static string Content(string file)
    {
        using var stream = File.OpenRead(file);
        using Stream plain = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
        using var reader = new StreamReader(plain);
        return reader.ReadToEnd();
    }
}
