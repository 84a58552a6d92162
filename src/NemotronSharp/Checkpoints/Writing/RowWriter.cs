using NemotronSharp.Numerics;

namespace NemotronSharp.Checkpoints;

/// <summary>Puts one encoded row into its place.</summary>
/// <param name="row">The row.</param>
/// <param name="values">Room for its float32 values.</param>
/// <param name="target">Exactly its bytes.</param>
internal delegate void RowEncoder(int row, Span<float> values, Span<byte> target);

/// <summary>Writes a matrix to a stream, many rows at a time on all processors.</summary>
internal static class RowWriter
{
    private const int SlabBytes = 4 << 20;

    public static void Write(Stream stream, int rows, int columns, int rowBytes, RowEncoder encode)
    {
        var rowsAtOnce = Math.Clamp(SlabBytes / rowBytes, 1, rows);
        var slab = new byte[rowsAtOnce * rowBytes];
        for (var first = 0; first < rows; first += rowsAtOnce)
        {
            var (begin, count) = (first, Math.Min(rowsAtOnce, rows - first));
            ParallelRows.Run(count, columns, (i, values) => encode(begin + i, values, slab.AsSpan(i * rowBytes, rowBytes)));
            stream.Write(slab, 0, count * rowBytes);
        }
    }
}
