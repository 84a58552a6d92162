namespace NemotronSharp.Kernels;

/// <summary>How packed activations hold a value.</summary>
internal enum PackedForm
{
    /// <summary>In sixteen bits, in their order, whatever the precision: for the portable kernel.</summary>
    Plain,

    /// <summary>In eight bits.</summary>
    Bytes,

    /// <summary>As 256·high + low, two signed bytes: for few tokens, whose weights are multiplied as soon as they are decoded to bytes.</summary>
    TwoBytes,

    /// <summary>In sixteen bits: for many tokens, whose weights are unpacked to words once.</summary>
    Words,
}

/// <summary>
/// Where things lie in a packed chunk of 256 activations: sixteen groups of sixteen, a group a lane. A vector holds four bytes or two words of each group, in the order
/// that the weights' decoder asks for. Behind the last group all is zero.
/// </summary>
/// <param name="Form">How values are held.</param>
internal readonly record struct PackedLayout(PackedForm Form)
{
    public const int Group = 16, Lanes = 16, ChunkValues = Group * Lanes;

    /// <summary>Four vectors of low bytes, then four of high bytes if a value has two. Words begin where low bytes do.</summary>
    public const int Low = 0, High = ChunkValues;

    /// <summary>−zero·Σ of each group, int32, where values are bytes.</summary>
    public int Start => Form == PackedForm.Bytes ? ChunkValues : 2 * ChunkValues;

    /// <summary>The scale of each group, float32.</summary>
    public int Scale => Form is PackedForm.Bytes or PackedForm.TwoBytes ? Start + Lanes * sizeof(int) : 2 * ChunkValues;

    public int ChunkBytes => Scale + Lanes * sizeof(float);

    public static int Chunks(int columns) => (columns + ChunkValues - 1) / ChunkValues;

    public int RowBytes(int columns) => Chunks(columns) * ChunkBytes;

    /// <summary>The layout of the assembled kernels for a product of so many tokens.</summary>
    public static PackedLayout For(ActivationPrecision precision, int tokens) =>
        new(precision == ActivationPrecision.Int8 ? PackedForm.Bytes : tokens > IntegerProduct.DirectTokens ? PackedForm.Words : PackedForm.TwoBytes);
}

/// <summary>Rows of packed activations.</summary>
internal readonly unsafe struct PackedRows(byte* data, int rowBytes, int chunkBytes)
{
    public readonly byte* Data = data;
    public readonly int ChunkBytes = chunkBytes;

    public byte* Row(int t) => Data + (long)t * rowBytes;
}
