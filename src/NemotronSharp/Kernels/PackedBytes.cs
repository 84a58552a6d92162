using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace NemotronSharp.Kernels;

/// <summary>A chunk of activations as bytes.</summary>
internal static unsafe class PackedBytes
{
    /// <summary>Stores sixteen groups of values, a byte each or two; gives each group's sum.</summary>
    public static Vector512<int> Store(int* values, PackedLayout layout, Vector128<byte> order, byte* target)
    {
        byte* low = stackalloc byte[PackedLayout.ChunkValues], high = stackalloc byte[PackedLayout.ChunkValues];
        var two = layout.Form == PackedForm.TwoBytes;
        for (var i = 0; i < PackedLayout.ChunkValues; i += PackedLayout.Group)
        {
            var q = Vector512.Load(values + i);
            Lowest(q, order).Store(low + i);
            if (two) Lowest((q + Vector512.Create(128)) >> 8, order).Store(high + i);
        }
        var sums = Transpose(low, target + PackedLayout.Low);
        if (two) sums += Transpose(high, target + PackedLayout.High) << 8;
        return sums;
    }

    // The lowest bytes in the decoder's order.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Lowest(Vector512<int> values, Vector128<byte> order) => Vector128.ShuffleNative(Avx512F.ConvertToVector128Byte(values.AsUInt32()), order);

    // Sixteen rows of four dwords become four vectors, one lane a row; gives the sums of the rows' signed bytes.
    private static Vector512<int> Transpose(byte* rows, byte* target)
    {
        Vector512<int> a = Vector512.Load((int*)rows), b = Vector512.Load((int*)rows + 16), c = Vector512.Load((int*)rows + 32), d = Vector512.Load((int*)rows + 48);
        var sums = Vector512<short>.Zero;
        for (var q = 0; q < 4; q++)
        {
            var index = (Vector512<int>.Indices & Vector512.Create(3)) * 4 + Vector512.Create(q) + (Vector512<int>.Indices & Vector512.Create(4)) * 4;
            Vector512<int> first = Avx512F.PermuteVar16x32x2(a, index, b), second = Avx512F.PermuteVar16x32x2(c, index, d);
            var dwords = Vector512.Create(first.GetLower(), second.GetLower());
            dwords.Store((int*)target + 16 * q);
            sums += Avx512BW.MultiplyAddAdjacent(Vector512<byte>.One, dwords.AsSByte());
        }
        return Avx512BW.MultiplyAddAdjacent(sums, Vector512<short>.One);
    }
}
