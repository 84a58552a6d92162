using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using NemotronSharp.Numerics;

namespace NemotronSharp.Kernels.Jit;

/// <summary>What follows an assembled kernel: its sums [row, token, 16] become values [token][row], each the sum of sixteen lanes in the order of <see cref="Lanes.Sum"/>, times a factor.</summary>
internal static unsafe class LaneSums
{
    private const int Rows = 16;

    /// <summary>Sums of <paramref name="rows"/> rows and <paramref name="tokens"/> tokens into y[first + token][column + row]. What lies behind the last row is read, up to the next sixteenth.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // all vector registers are its own
    public static void Store(float* sums, int rows, int tokens, float factor, Rows y, int first, int column)
    {
        var stride = tokens * Lanes.Width;
        for (var t = 0; t < tokens; t++)
        {
            var target = y.Row(first + t) + column;
            for (var r = 0; r < rows; r += Rows)
            {
                var values = Sixteen(sums + t * Lanes.Width + (long)r * stride, stride) * factor;
                if (rows - r >= Rows) values.Store(target + r);
                else for (var i = 0; i < rows - r; i++) target[r + i] = values[i];
            }
        }
    }

    // A tree: two rows share each addition of the first step, sixteen that of the last.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Sixteen(float* sums, int stride)
    {
        // Member i of quartet j holds row 4·i + j after three steps; the last one puts quartets side by side.
        Vector512<float> a = Pairs(Quartet(sums, stride), Quartet(sums + stride, stride)), b = Pairs(Quartet(sums + 2 * stride, stride), Quartet(sums + 3 * stride, stride));
        return Avx512F.Shuffle(a, b, 0x88) + Avx512F.Shuffle(a, b, 0xDD);
    }

    // Rows 0, 4, 8 and 12 of these: a quarter of the vector each, folded to four lanes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Quartet(float* sums, int stride)
    {
        Vector512<float> a = Halves(Vector512.Load(sums), Vector512.Load(sums + 4L * stride)), b = Halves(Vector512.Load(sums + 8L * stride), Vector512.Load(sums + 12L * stride));
        return Avx512F.Shuffle4x128(a, b, 0x88) + Avx512F.Shuffle4x128(a, b, 0xDD);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Halves(Vector512<float> a, Vector512<float> b) => Avx512F.Shuffle4x128(a, b, 0x44) + Avx512F.Shuffle4x128(a, b, 0xEE);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Pairs(Vector512<float> a, Vector512<float> b) =>
        Avx512F.UnpackLow(a.AsDouble(), b.AsDouble()).AsSingle() + Avx512F.UnpackHigh(a.AsDouble(), b.AsDouble()).AsSingle();
}
