using System.Runtime.InteropServices;

namespace NemotronSharp.Kernels.Jit;

/// <summary>What an assembled kernel is called with. Not every kernel reads every field.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KernelCall
{
    /// <summary>First row of weights, or of a panel.</summary>
    public byte* Weights;

    /// <summary>Its scales, in formats that keep them apart.</summary>
    public byte* Scales;

    /// <summary>Rows, or tiles of rows; at least 1.</summary>
    public nint Rows;

    /// <summary>Where results go: sums [row, token, 16] float32, or a panel.</summary>
    public void* Target;

    /// <summary>Packed activations of up to four tokens.</summary>
    public byte* X0, X1, X2, X3;

    /// <summary>Bytes of packed activations to go through, whole chunks; at least one.</summary>
    public nint XBytes;

    /// <summary>Bytes from one row of a panel to the next.</summary>
    public nint RowBytes;

    public static int Offset(string field) => (int)Marshal.OffsetOf<KernelCall>(field);

    /// <summary>Offset of the t-th token's activations.</summary>
    public static int OffsetOfX(int t) => Offset(nameof(X0)) + t * sizeof(nint);
}
