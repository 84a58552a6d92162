using NemotronSharp.Numerics;

namespace NemotronSharp.Checkpoints;

/// <summary>
/// One matrix as ModelOpt's three NVFP4 tensors: codes, block scales, factor. Codes and scales are made together, and held between the writing of the one and
/// the other.
/// </summary>
internal sealed class ModelOptContent(string stem, MatrixValues matrix, ScaleRule rule)
{
    private readonly Lazy<float> _factor = MatrixContent.FactorOf(matrix, TensorType.NVFP4, rule);
    private byte[]? _scales;

    public IEnumerable<TensorContent> Tensors()
    {
        yield return new TensorContent($"{stem}.weight", TensorType.U8, [matrix.Rows, matrix.Columns / 2], WriteCodes);
        yield return new TensorContent($"{stem}.weight_scale", TensorType.F8E4M3, [matrix.Rows, matrix.Columns / 16], WriteScales);
        yield return Scalar.Of($"{stem}.weight_scale_2", _factor);
    }

    private void WriteCodes(Stream stream)
    {
        int codes = matrix.Columns / 2, scales = matrix.Columns / 16;
        var held = new byte[(long)matrix.Rows * scales];
        var encode = Encoder();
        RowWriter.Write(stream, matrix.Rows, matrix.Columns, codes, (row, values, target) => encode(row, values, target, held.AsSpan(row * scales, scales)));
        _scales = held;
    }

    private void WriteScales(Stream stream)
    {
        stream.Write(_scales ?? throw new InvalidOperationException($"{stem}.weight_scale: written before the codes"));
        _scales = null;
    }

    private unsafe Action<int, Span<float>, Span<byte>, Span<byte>> Encoder()
    {
        if (matrix.Stored is { Type: TensorType.NVFP4 } stored)
        {
            if (stored.BlockScales is null) return (row, _, codes, scales) => NVFP4Repack.ToModelOpt(stored, row, codes, scales);
            return (row, _, codes, scales) =>
            {
                var source = stored.Row(row);
                new ReadOnlySpan<byte>(source.Data, codes.Length).CopyTo(codes);
                new ReadOnlySpan<byte>(source.Scales, scales.Length).CopyTo(scales);
            };
        }
        var encoder = new Fp4Encoder(_factor.Value, rule);
        return (row, values, codes, scales) =>
        {
            matrix.CopyRow(row, values);
            matrix.CheckedLargest(row, values);
            NVFP4Layouts.EncodeModelOpt(values, encoder, codes, scales);
        };
    }
}
