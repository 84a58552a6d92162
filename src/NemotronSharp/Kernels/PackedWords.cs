using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace NemotronSharp.Kernels;

/// <summary>A chunk of activations as words, in the order of a panel's words: of every four weights the first and third, then the second and fourth.</summary>
internal static unsafe class PackedWords
{
    /// <summary>Stores sixteen groups of sixteen values: vector v holds words 2v and 2v + 1 of each group, a lane a group.</summary>
    public static void Store(int* values, Vector128<byte> order, byte* target)
    {
        // Rows of eight pairs of words, a group each.
        var pairs = stackalloc int[PackedLayout.ChunkValues / 2];
        var words = Order(order);
        for (var g = 0; g < PackedLayout.Lanes; g++)
            Avx512BW.VL.PermuteVar16x16(Avx512F.ConvertToVector256Int16(Vector512.Load(values + g * PackedLayout.Group)), words).Store((short*)(pairs + 8 * g));

        // Pairs 0 to 3 of four groups, then pairs 4 to 7.
        var index = (Vector512<int>.Indices & Vector512.Create(1)) * 8 + (Vector512<int>.Indices & Vector512.Create(2)) * 8 + (Vector512<int>.Indices >> 2);
        Columns(Four(pairs, index), Four(pairs + 32, index), Four(pairs + 64, index), Four(pairs + 96, index), (int*)target);
        index += Vector512.Create(4);
        Columns(Four(pairs, index), Four(pairs + 32, index), Four(pairs + 64, index), Four(pairs + 96, index), (int*)target + 4 * PackedLayout.Lanes);
    }

    private static Vector256<short> Order(Vector128<byte> order)
    {
        var evenFirst = Vector128.Create((byte)0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15);
        return Avx2.ConvertToVector256Int16(Vector128.ShuffleNative(order, evenFirst));
    }

    // Quarter i: pair i of four groups.
    private static Vector512<int> Four(int* pairs, Vector512<int> index) => Avx512F.PermuteVar16x32x2(Vector512.Load(pairs), index, Vector512.Load(pairs + 16));

    // Quarters of four vectors change places with vectors.
    private static void Columns(Vector512<int> a, Vector512<int> b, Vector512<int> c, Vector512<int> d, int* target)
    {
        Vector512<int> ab = Avx512F.Shuffle4x128(a, b, 0x44), cd = Avx512F.Shuffle4x128(c, d, 0x44);
        Avx512F.Shuffle4x128(ab, cd, 0x88).Store(target);
        Avx512F.Shuffle4x128(ab, cd, 0xDD).Store(target + 16);
        ab = Avx512F.Shuffle4x128(a, b, 0xEE);
        cd = Avx512F.Shuffle4x128(c, d, 0xEE);
        Avx512F.Shuffle4x128(ab, cd, 0x88).Store(target + 32);
        Avx512F.Shuffle4x128(ab, cd, 0xDD).Store(target + 48);
    }
}
