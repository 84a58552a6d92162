using System.Globalization;

namespace NemotronSharp;

/// <summary>How much of the files that this process maps lies in huge pages, as Linux tells in <c>/proc/self/smaps</c>.</summary>
public static class HugePages
{
    private const string Source = "/proc/self/smaps";

    /// <summary>Bytes of a file, or of the files of a folder, that are mapped in small and in huge pages; null where the system doesn't tell.</summary>
    /// <param name="path">The file or folder.</param>
    public static (long Small, long Huge)? Mapped(string path)
    {
        if (!File.Exists(Source)) return null;
        var full = System.IO.Path.GetFullPath(path);
        long resident = 0, huge = 0;
        var concerns = false;
        foreach (var line in File.ReadLines(Source))
        {
            // "7f00-7f10 r--s 0 fe:00 12 /a/file" begins a mapping; lines "Name: 4 kB" follow, their names in capitals.
            if (char.IsAsciiHexDigitLower(line[0]) || char.IsAsciiDigit(line[0])) concerns = line.IndexOf('/', StringComparison.Ordinal) is var at and > 0 && line[at..].StartsWith(full, StringComparison.Ordinal);
            else if (concerns && Kilobytes(line, "Rss:") is { } r) resident += r;
            else if (concerns && Kilobytes(line, "FilePmdMapped:") is { } h) huge += h;
        }
        return (resident - huge, huge);
    }

    private static long? Kilobytes(string line, string name) =>
        line.StartsWith(name, StringComparison.Ordinal) && long.TryParse(line.AsSpan(name.Length, line.Length - name.Length - 3), NumberStyles.Integer | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var n) ? n << 10 : null;
}
