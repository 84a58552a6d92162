using System.Runtime.Intrinsics;

namespace NemotronSharp.Kernels;

/// <summary>
/// A tile's softmax over some positions: of each row the largest score m (base 2), Σ 2^(score − m), and the values' sums weighted so, [R, width]. A view of float32 memory.
/// </summary>
internal readonly unsafe struct AttentionPartial(float* data, int rows, int headDim)
{
    public readonly float* Max = data;
    public readonly float* Total = data + AttentionTile.MostRows;
    public readonly int Width = WidthOf(headDim);

    private readonly float* _sums = data + 2 * AttentionTile.MostRows;

    public float* Sums(int row) => _sums + row * Width;

    /// <summary>Values that a partial result of so many rows takes, whole cache lines.</summary>
    public static int Length(int rows, int headDim) => 2 * AttentionTile.MostRows + rows * WidthOf(headDim);

    /// <summary>Nothing seen. A finite maximum, so that differences of two such are 0.</summary>
    public void Clear()
    {
        Vector512.Create(float.MinValue).Store(Max);
        Vector512<float>.Zero.Store(Total);
        new Span<float>(_sums, rows * Width).Clear();
    }

    /// <summary>Takes in the next block's result; a row that saw nothing of it, from where <paramref name="seen"/> is false, keeps its bits.</summary>
    public void Merge(in AttentionPartial next, ReadOnlySpan<bool> seen)
    {
        Vector512<float> before = Vector512.Load(Max), there = Vector512.Load(next.Max), max = Lanes.Larger(before, there);
        Vector512<float> keep = Lanes.Exp2(before - max), take = Lanes.Exp2(there - max);
        max.Store(Max);
        Vector512.FusedMultiplyAdd(Vector512.Load(next.Total), take, Vector512.Load(Total) * keep).Store(Total);
        float* keeps = stackalloc float[Lanes.Width], takes = stackalloc float[Lanes.Width];
        keep.Store(keeps);
        take.Store(takes);
        for (var row = 0; row < seen.Length; row++)
        {
            if (!seen[row]) continue;
            float* sums = Sums(row), others = next.Sums(row);
            Vector512<float> own = Vector512.Create(keeps[row]), other = Vector512.Create(takes[row]);
            for (var i = 0; i < Width; i += Lanes.Width) Vector512.FusedMultiplyAdd(Vector512.Load(others + i), other, Vector512.Load(sums + i) * own).Store(sums + i);
        }
    }

    private static int WidthOf(int headDim) => (headDim + 63) & ~63;
}
