namespace NemotronSharp.Numerics;

/// <summary>
/// A view of float32 activations: <see cref="Count"/> rows of <see cref="Width"/> values, <see cref="Stride"/> values apart.
/// It owns nothing; the arena or state behind it must outlive it.
/// </summary>
internal readonly unsafe struct Rows(float* data, int count, int width, int stride)
{
    public readonly float* Data = data;
    public readonly int Count = count;
    public readonly int Width = width;
    public readonly int Stride = stride;

    public Rows(float* data, int count, int width) : this(data, count, width, width)
    {
    }

    public Span<float> this[int row] => new(Row(row), Width);

    public float* Row(int row) => Data + (long)row * Stride;

    /// <summary>Rows [start, start + count).</summary>
    public Rows Slice(int start, int count) => new(Row(start), count, Width, Stride);

    /// <summary>Columns [start, start + width) of every row.</summary>
    public Rows Columns(int start, int width) => new(Data + start, Count, width, Stride);
}
