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

    /// <summary>Rows of weights; at least 1.</summary>
    public nint Rows;

    /// <summary>Whole chunks of each row that are unpacked, and whether the end of the row that is no whole chunk follows: 1 or 0.</summary>
    public nint Chunks, HasEnd;

    /// <summary>Where results go: sums [row, token, 16] float32, or a panel.</summary>
    public void* Target;

    /// <summary>Packed activations, a row for each token.</summary>
    public byte** X;

    /// <summary>Where in them a panel's chunks begin, and bytes of them to go through, whole chunks; at least one.</summary>
    public nint XAt, XBytes;

    /// <summary>Tiles of tokens, at least 1, and bytes from the sums of one to those of the next.</summary>
    public nint Tiles, SumBytes;

    /// <summary>Bytes from one row of a panel to the next.</summary>
    public nint RowBytes;

    /// <summary>0 if sums begin with the first chunk, −1 if they are added to.</summary>
    public nint Begins;

    /// <summary>What to ask the memory for meanwhile, and how much further with each chunk: 0 for nothing.</summary>
    public byte* Ahead;

    /// <inheritdoc cref="Ahead"/>
    public nint AheadBytes;

    public static int Offset(string field) => (int)Marshal.OffsetOf<KernelCall>(field);
}
