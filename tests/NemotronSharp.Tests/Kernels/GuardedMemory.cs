using System.ComponentModel;
using System.Runtime.InteropServices;

namespace NemotronSharp.Tests.Kernels;

/// <summary>Memory that ends where the next page may not be touched, as a mapped file's may: reading behind it ends the process. Not on Windows.</summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int None = 0, ReadWrite = 3, PrivateAnonymous = 0x22, PrivateAnonymousMac = 0x1002;

    private readonly byte* _pages;
    private readonly nint _size;

    public GuardedMemory(ReadOnlySpan<byte> content)
    {
        var guard = (nint)Environment.SystemPageSize;
        _size = (content.Length + guard - 1) / guard * guard + guard;
        _pages = Map(null, _size, ReadWrite, OperatingSystem.IsMacOS() ? PrivateAnonymousMac : PrivateAnonymous, -1, 0);
        if ((nint)_pages == -1 || Protect(_pages + _size - guard, guard, None) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
        Data = _pages + _size - guard - content.Length;
        content.CopyTo(new Span<byte>(Data, content.Length));
    }

    /// <summary>The content.</summary>
    public byte* Data { get; }

    public void Dispose() => _ = Unmap(_pages, _size);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial byte* Map(void* address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(void* address, nint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(void* address, nint length);
}
