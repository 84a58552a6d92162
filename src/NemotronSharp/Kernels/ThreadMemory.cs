using NemotronSharp.Numerics;

namespace NemotronSharp.Kernels;

/// <summary>Memory of a thread's own for the part of a product that it computes; the next part gets the same.</summary>
internal static unsafe class ThreadMemory
{
    [ThreadStatic]
    private static NativeBuffer? _memory;

    /// <summary>Room for so many floats, with anything in them.</summary>
    public static float* Take(long length)
    {
        if (_memory is null || _memory.Length < length)
        {
            _memory?.Dispose();
            _memory = new NativeBuffer(length);
        }
        return _memory.Data;
    }
}
