using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NemotronSharp.Numerics;

/// <summary>Sixty-four neighbouring weights of a row in float32, sixteen a vector.</summary>
internal readonly unsafe struct Weights64(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
{
    public readonly Vector512<float> A = a, B = b, C = c, D = d;

    /// <summary>The last weights of a row, from a multiple of 64 on; zeros behind them. Reads nothing behind the row.</summary>
    public static Weights64 Tail<TFormat>(WeightRow row, int k, int columns) where TFormat : IWeightFormat =>
        new(Load<TFormat>(row, k, columns), Load<TFormat>(row, k + 16, columns), Load<TFormat>(row, k + 32, columns), Load<TFormat>(row, k + 48, columns));

    private static Vector512<float> Load<TFormat>(WeightRow row, int k, int columns) where TFormat : IWeightFormat
    {
        if (k >= columns) return default;
        if (columns - k >= 16) return TFormat.Load16(row, k);

        // Only types without blocks have rows that end within sixteen.
        var padded = default(Vector512<byte>);
        Unsafe.CopyBlockUnaligned(&padded, row.Data + (long)k * TFormat.BlockBytes, (uint)((columns - k) * TFormat.BlockBytes));
        return TFormat.Load16(new WeightRow((byte*)&padded), 0);
    }
}
