using System.Runtime.InteropServices;

namespace NemotronSharp.Numerics;

/// <summary>
/// Zeroed float32 memory outside the garbage-collected heap, aligned to cache lines, from 2 MiB on to huge pages. Freed on dispose, or by the finalizer.
/// </summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const int Line = 64;

    public NativeBuffer(long length)
    {
        Length = length;
        var bytes = length * sizeof(float);
        var huge = bytes >= HugePageAdvice.PageBytes;
        Data = (float*)NativeMemory.AlignedAlloc((nuint)Math.Max(Line, bytes), (nuint)(huge ? HugePageAdvice.PageBytes : Line));
        // Before the first touch, which decides on the size of pages.
        if (huge) HugePageAdvice.Give(Data, bytes);
        Clear();
    }

    ~NativeBuffer() => Free();

    public float* Data { get; private set; }

    public long Length { get; }

    public void Clear() => NativeMemory.Clear(Data, (nuint)(Length * sizeof(float)));

    public void CopyTo(NativeBuffer other)
    {
        if (other.Length != Length) throw new ArgumentException($"found {other.Length} values, expected {Length}", nameof(other));
        Buffer.MemoryCopy(Data, other.Data, Length * sizeof(float), Length * sizeof(float));
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (Data is null) return;
        NativeMemory.AlignedFree(Data);
        Data = null;
    }
}
