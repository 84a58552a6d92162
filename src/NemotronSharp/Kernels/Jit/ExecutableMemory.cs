using System.ComponentModel;
using System.Runtime.InteropServices;
using Iced.Intel;

namespace NemotronSharp.Kernels.Jit;

/// <summary>Pages of assembled code: written first, then made executable and never written again. They live as long as the process.</summary>
internal static unsafe partial class ExecutableMemory
{
    private const int ReadWrite = 3, ReadExecute = 5, PrivateAnonymous = 0x22, PrivateAnonymousMac = 0x1002;
    private const uint CommitReserve = 0x3000, PageReadWrite = 0x04, PageExecuteRead = 0x20;

    /// <summary>The code at its place, ready to be called.</summary>
    /// <exception cref="Win32Exception">The system gives no executable pages.</exception>
    public static void* Write(Assembler code)
    {
        // Assembled twice: the first pass tells the size, the second is linked to the address.
        var length = Bytes(code, 0).Length;
        var size = (nint)((length + Environment.SystemPageSize - 1) / Environment.SystemPageSize * Environment.SystemPageSize);
        var pages = Allocate(size);
        Bytes(code, (ulong)pages).CopyTo(new Span<byte>(pages, length));
        Protect(pages, size);
        return pages;
    }

    private static byte[] Bytes(Assembler code, ulong address)
    {
        var stream = new MemoryStream();
        code.Assemble(new StreamCodeWriter(stream), address);
        return stream.ToArray();
    }

    private static byte* Allocate(nint size)
    {
        var pages = OperatingSystem.IsWindows()
            ? VirtualAlloc(null, size, CommitReserve, PageReadWrite)
            : Map(null, size, ReadWrite, OperatingSystem.IsMacOS() ? PrivateAnonymousMac : PrivateAnonymous, -1, 0);
        return pages is null || (nint)pages == -1 ? throw new Win32Exception(Marshal.GetLastPInvokeError()) : pages;
    }

    private static void Protect(byte* pages, nint size)
    {
        var done = OperatingSystem.IsWindows() ? VirtualProtect(pages, size, PageExecuteRead, out _) != 0 : MapProtect(pages, size, ReadExecute) == 0;
        if (!done) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial byte* Map(void* address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int MapProtect(void* address, nint length, int protection);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial byte* VirtualAlloc(void* address, nint size, uint type, uint protection);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int VirtualProtect(void* address, nint size, uint protection, out uint old);
}
