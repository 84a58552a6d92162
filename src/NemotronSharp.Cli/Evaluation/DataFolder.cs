using System.IO.Compression;
using System.Security.Cryptography;
using NemotronSharp.Training.Data.Corpus;

namespace NemotronSharp.Cli.Evaluation;

/// <summary>The folder of the sources that held-out text is taken from; they are not part of the repository.</summary>
/// <param name="path">The folder.</param>
/// <param name="asked">Whether the user named it: then it must hold what is needed.</param>
internal sealed class DataFolder(string path, bool asked)
{
    private static readonly string Beside = Path.Combine("..", "shared", "data");

    /// <summary>The folder given with --data, or the one beside the repository; null when there is none.</summary>
    /// <exception cref="CommandException">The one given does not exist.</exception>
    public static DataFolder? Find(string? given)
    {
        if (given is not null) return Directory.Exists(given) ? new DataFolder(given, asked: true) : throw new CommandException($"--data {given}: found no such folder, expected the one that holds the recipe's sources");
        return ModelFolder.Repository() is { } repository && Directory.Exists(Path.Combine(repository, Beside)) ? new DataFolder(Path.GetFullPath(Path.Combine(repository, Beside)), asked: false) : null;
    }

    /// <summary>Whether the source is there.</summary>
    /// <exception cref="CommandException">It is not, in a folder that the user named.</exception>
    public bool Has(HeldOutSource source)
    {
        var there = File.Exists(Path.Combine(path, source.Path));
        return there || !asked ? there : throw new CommandException($"--data {path}: found no {source.Path}");
    }

    /// <summary>Some documents of a source: one a line, counted from 0 without empty lines; of JSON lines the field <c>text</c>. Cleaned as for training.</summary>
    /// <exception cref="InvalidDataException">The file is not the one that was meant, or has no such document.</exception>
    public IReadOnlyDictionary<int, string> Documents(HeldOutSource source, IEnumerable<int> wanted)
    {
        var file = Path.Combine(path, source.Path);
        Verify(file, source.Sha256);
        var rest = wanted.ToHashSet();
        var found = new Dictionary<int, string>();
        var index = 0;
        foreach (var line in Lines(file))
        {
            if (rest.Remove(index)) found[index] = TextCleaning.Clean(source.Path.Contains(".jsonl", StringComparison.Ordinal) ? JsonFields.Parse(line, $"{file}: document {index}").Text("text") : line);
            index++;
            if (rest.Count == 0) return found;
        }
        return rest.Count == 0 ? found : throw new InvalidDataException($"{file}: found {index} documents, expected one at {rest.Max()}");
    }

    private static IEnumerable<string> Lines(string file)
    {
        using var stream = File.OpenRead(file);
        using Stream plain = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
        using var reader = new StreamReader(plain);
        while (reader.ReadLine() is { } line)
            if (!string.IsNullOrWhiteSpace(line)) yield return line;
    }

    private static void Verify(string file, string sha256)
    {
        using var stream = File.OpenRead(file);
        var actual = Convert.ToHexStringLower(SHA256.HashData(stream));
        if (actual != sha256) throw new InvalidDataException($"{file}: found SHA-256 {actual}, expected {sha256}");
    }
}
