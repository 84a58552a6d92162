using NemotronSharp.Checkpoints;

namespace NemotronSharp.LlamaCpp;

/// <summary>The system's copy of files in memory.</summary>
internal static unsafe class PageCache
{
    private const int StepBytes = 1 << 12, StepsAtOnce = 1 << 10;

    /// <summary>Reads a file, or all files of a folder, so that the next reader finds them in memory, and in huge pages where the system has them: whoever touches a page first decides on its size.</summary>
    public static void Fill(string path, CancellationToken cancellation)
    {
        foreach (var file in Directory.Exists(path) ? Directory.GetFiles(path) : [path])
        {
            if (new FileInfo(file).Length == 0) continue;
            using var mapped = new MappedFile(file);
            for (long at = 0, step = 0; at < mapped.Length; at += StepBytes, step++)
            {
                _ = Volatile.Read(ref mapped.Pointer[at]);
                if (step % StepsAtOnce == 0) cancellation.ThrowIfCancellationRequested();
            }
        }
    }
}
