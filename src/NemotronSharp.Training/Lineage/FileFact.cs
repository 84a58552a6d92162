using System.Security.Cryptography;
using System.Text;

namespace NemotronSharp.Training.Lineage;

/// <summary>A file as a manifest remembers it.</summary>
/// <param name="Path">Relative to the manifest's folder, with forward slashes.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Of its content, lower-case hex.</param>
internal sealed record FileFact(string Path, long Bytes, string Sha256)
{
    /// <param name="file">The file, read once from end to end.</param>
    /// <param name="folder">The manifest's folder.</param>
    public static FileFact Of(string file, string folder)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return new FileFact(Relative(file, folder), stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    /// <summary>Every file below a folder, in ordinal order of their paths.</summary>
    public static IEnumerable<FileFact> Below(string folder, string manifestFolder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => Of(file, manifestFolder));

    public static string Relative(string file, string folder) =>
        System.IO.Path.GetRelativePath(System.IO.Path.GetFullPath(folder), System.IO.Path.GetFullPath(file)).Replace('\\', '/');

    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
