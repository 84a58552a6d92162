using NemotronSharp.Numerics;

namespace NemotronSharp.Checkpoints;

/// <summary>Matrices of one shape as the bytes of one tensor: copied where the type stays, repacked where only the layout changes, else decoded and encoded again.</summary>
internal static class MatrixContent
{
    /// <summary>A tensor [rows, columns], or [parts, rows, columns], in one of ggml's types or FP8.</summary>
    /// <param name="name">In the file.</param>
    /// <param name="parts">The matrices.</param>
    /// <param name="stacked">Whether the tensor has three dimensions.</param>
    /// <param name="type">Type to write.</param>
    /// <param name="factors">What each matrix's weights are divided by first; kept beside the tensor by the caller.</param>
    /// <param name="rule">For NVFP4.</param>
    public static TensorContent Of(string name, IReadOnlyList<MatrixValues> parts, bool stacked, TensorType type, IReadOnlyList<Lazy<float>> factors, ScaleRule rule)
    {
        int rows = parts[0].Rows, columns = parts[0].Columns;
        var rowBytes = checked((int)type.Bytes(columns));
        return new TensorContent(name, type, stacked ? [parts.Count, rows, columns] : [rows, columns], stream =>
        {
            for (var p = 0; p < parts.Count; p++) RowWriter.Write(stream, rows, columns, rowBytes, Encoder(parts[p], type, factors[p], rule));
        });
    }

    /// <summary>The factor that a matrix of a type has beside it; 1 for types that have none.</summary>
    public static Lazy<float> FactorOf(MatrixValues matrix, TensorType type, ScaleRule rule) => type switch
    {
        _ when Keeps(matrix, type) => new(matrix.Stored!.Value.Scale),
        TensorType.NVFP4 => new(() => Fp4Encoder.FactorFor(matrix.Largest(), rule)),
        TensorType.F8E4M3 => new(() => matrix.Largest() / 448 is var factor && float.IsNormal(factor) ? factor : 1),
        _ => new(1f),
    };

    /// <summary>Whether the bytes, or at least the codes and scales, are the file's own.</summary>
    public static bool Keeps(MatrixValues matrix, TensorType type) => matrix.Stored is { } stored && stored.Type == type && (stored.Scale == 1 || type is TensorType.NVFP4 or TensorType.F8E4M3);

    private static RowEncoder Encoder(MatrixValues matrix, TensorType type, Lazy<float> factor, ScaleRule rule)
    {
        if (Keeps(matrix, type)) return Copy(matrix.Stored!.Value);
        if (type == TensorType.NVFP4)
        {
            var encoder = new Fp4Encoder(factor.Value, rule);
            return (row, values, target) =>
            {
                Read(matrix, row, values);
                NVFP4Layouts.EncodeGguf(values, encoder, target);
            };
        }
        var scale = factor.Value;
        return (row, values, target) =>
        {
            Read(matrix, row, values);
            if (scale != 1)
                for (var i = 0; i < values.Length; i++) values[i] /= scale;
            BlockEncoder.Encode(type, values, target);
        };
    }

    private static unsafe RowEncoder Copy(WeightMatrix stored) => stored.BlockScales is not null
        ? (row, _, target) => NVFP4Repack.ToGguf(stored, row, target)
        : (row, _, target) => new ReadOnlySpan<byte>(stored.Row(row).Data, target.Length).CopyTo(target);

    private static void Read(MatrixValues matrix, int row, Span<float> values)
    {
        matrix.CopyRow(row, values);
        matrix.CheckedLargest(row, values);
    }
}
