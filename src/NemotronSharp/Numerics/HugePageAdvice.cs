using System.Runtime.InteropServices;

namespace NemotronSharp.Numerics;

/// <summary>
/// Asks Linux to keep memory in huge pages: large matrices and states then cost no walk of page tables for each few KB, and a new one a five-hundredth of the page faults.
/// Elsewhere, and where the kernel refuses, nothing changes.
/// </summary>
internal static unsafe partial class HugePageAdvice
{
    /// <summary>Bytes of a huge page.</summary>
    public const int PageBytes = 2 << 20;

    private const int AdviseHugePages = 14;

    /// <summary>For memory from a page's start on, before it is touched.</summary>
    public static void Give(void* start, long bytes)
    {
        if (OperatingSystem.IsLinux()) _ = Advise(start, (nint)bytes, AdviseHugePages);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nint bytes, int advice);
}
