namespace NemotronSharp.LlamaCpp;

/// <summary>The system's copy of files in memory.</summary>
internal static class PageCache
{
    /// <summary>Reads a file, or all files of a folder, so that the next reader finds them in memory.</summary>
    public static void Fill(string path, CancellationToken cancellation)
    {
        var buffer = new byte[1 << 22];
        foreach (var file in Directory.Exists(path) ? Directory.GetFiles(path) : [path])
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            while (stream.Read(buffer) > 0) cancellation.ThrowIfCancellationRequested();
        }
    }
}
