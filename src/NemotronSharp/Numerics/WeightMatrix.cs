namespace NemotronSharp.Numerics;

/// <summary>A weight matrix in its file's own layout: [Rows, Columns], row-major, inside mapped memory that the checkpoint owns.</summary>
internal readonly unsafe struct WeightMatrix(TensorType type, int rows, int columns, byte* data)
{
    public readonly TensorType Type = type;
    public readonly int Rows = rows;
    public readonly int Columns = columns;
    public readonly byte* Data = data;

    public long RowBytes => (long)Columns * Type.Size();

    /// <summary>Rows [start, start + count).</summary>
    public WeightMatrix Slice(int start, int count) => new(Type, count, Columns, Data + start * RowBytes);

    /// <summary>Widens one row.</summary>
    public void CopyRow(int row, Span<float> destination)
    {
        var source = Data + row * RowBytes;
        switch (Type)
        {
            case TensorType.F32: CopyRow<F32Format>(source, destination); break;
            case TensorType.F16: CopyRow<F16Format>(source, destination); break;
            default: CopyRow<BF16Format>(source, destination); break;
        }
    }

    private static void CopyRow<TFormat>(byte* source, Span<float> destination) where TFormat : IWeightFormat
    {
        for (var i = 0; i < destination.Length; i++) destination[i] = TFormat.Load(source + (long)i * TFormat.Size);
    }
}
