using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace NemotronSharp.Training.Data.Corpus;

/// <summary>Finds and checks the files a recipe names below its source root.</summary>
internal static class SourceFiles
{
    /// <summary>The file of one path.</summary>
    public static string Locate(string name, string root, string path)
    {
        string file = Path.Combine(root, path);
        return File.Exists(file) ? file : throw new FileNotFoundException($"source '{name}': there is no {file}; --source-root names the folder that holds it", file);
    }

    /// <summary>The files of a pattern in which <c>*</c> stands for anything, sorted by path.</summary>
    public static string[] Match(string name, string root, string pattern)
    {
        if (!pattern.Contains('*')) return [Locate(name, root, pattern)];
        var regex = new Regex("^" + Regex.Escape(pattern).Replace("\\*", ".*") + "$");
        string folder = Path.Combine(root, pattern[..(pattern[..pattern.IndexOf('*')].LastIndexOf('/') + 1)]);
        string[] files = !Directory.Exists(folder) ? [] : [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(f => regex.IsMatch(Path.GetRelativePath(root, f).Replace('\\', '/'))).Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw new FileNotFoundException($"source '{name}': no file matches {Path.Combine(root, pattern)}; --source-root names the folder that holds them");
    }

    /// <summary>Checks the SHA-256 of the files, one after the other.</summary>
    /// <exception cref="InvalidDataException">It differs.</exception>
    public static void Verify(string who, IReadOnlyList<string> files, string sha256)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        foreach (string file in files)
        {
            using var stream = File.OpenRead(file);
            for (int count; (count = stream.Read(buffer)) > 0;) hash.AppendData(buffer, 0, count);
        }
        string actual = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (actual != sha256) throw new InvalidDataException($"{string.Join(", ", files.Take(3))}: SHA-256 {actual}, the recipe's {who} expects {sha256}");
    }
}
