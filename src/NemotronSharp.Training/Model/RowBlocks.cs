namespace NemotronSharp.Training.Model;

/// <summary>
/// Splits rows into blocks that run in parallel. The split depends on the row count alone, so that sums over blocks,
/// added in block order, have the same bits for any number of threads.
/// </summary>
internal static class RowBlocks
{
    private const int RowsPerBlock = 256;

    public static void Run(int rows, Action<int, int> body) =>
        Parallel.For(0, Count(rows), block => body(block * RowsPerBlock, Math.Min(rows, (block + 1) * RowsPerBlock)));

    /// <summary>Lets every block add into a vector of its own and adds the vectors up.</summary>
    public static float[] Sum(int rows, int width, Action<int, int, float[]> body)
    {
        var partial = new float[Count(rows)][];
        Parallel.For(0, partial.Length, block => body(block * RowsPerBlock, Math.Min(rows, (block + 1) * RowsPerBlock), partial[block] = new float[width]));
        var sum = partial.Length > 0 ? partial[0] : new float[width];
        foreach (var part in partial.Skip(1))
            for (var i = 0; i < width; i++) sum[i] += part[i];
        return sum;
    }

    private static int Count(int rows) => (rows + RowsPerBlock - 1) / RowsPerBlock;
}
