namespace NemotronSharp.Kernels;

/// <summary>
/// The columns that meet in one chain of a stretch (see <see cref="SinglePrecisionProduct"/>): <see cref="Count"/> sixteens of columns, 64 apart. Panels and packed
/// activations hold a row's columns in the order of their chunks, so that a register tile reads them in one go. Chunks may be empty.
/// </summary>
/// <param name="columns">K.</param>
/// <param name="stretch">First column of its stretch.</param>
/// <param name="chain">0 to 3.</param>
/// <param name="before">Sixteens in the chunks before it.</param>
internal readonly struct ColumnChunk(int columns, int stretch, int chain, int before)
{
    private readonly int _sixteens = (Math.Min(SinglePrecisionProduct.StretchColumns, columns - stretch) + Lanes.Width - 1) / Lanes.Width;

    /// <summary>Sixteens of a row of K columns, the ragged one counted.</summary>
    public static int Sixteens(int columns) => (columns + Lanes.Width - 1) / Lanes.Width;

    public int Before => before;

    public int Count => (_sixteens - chain + SinglePrecisionProduct.Chains - 1) / SinglePrecisionProduct.Chains;

    public bool IsFirst => before == 0 && chain == 0;

    /// <summary>The column of its i-th sixteen.</summary>
    public int Column(int i) => stretch + (i * SinglePrecisionProduct.Chains + chain) * Lanes.Width;

    /// <summary>The next one; behind the last one <see cref="IsEnd"/> holds.</summary>
    public ColumnChunk Next() => chain + 1 < SinglePrecisionProduct.Chains
        ? new(columns, stretch, chain + 1, before + Count)
        : new(columns, stretch + SinglePrecisionProduct.StretchColumns, 0, before + Count);

    public bool IsEnd => stretch >= columns;

    public static ColumnChunk First(int columns) => new(columns, 0, 0, 0);
}
