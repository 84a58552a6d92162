using System.Runtime.InteropServices;

namespace NemotronSharp.Numerics;

/// <summary>Zeroed float32 memory outside the garbage-collected heap, aligned to cache lines. Freed on dispose, or by the finalizer.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    public NativeBuffer(long length)
    {
        Length = length;
        Data = (float*)NativeMemory.AlignedAlloc((nuint)Math.Max(64, length * sizeof(float)), 64);
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
