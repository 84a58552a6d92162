using System.Runtime.Intrinsics;

namespace NemotronSharp.Numerics;

/// <summary>A weight matrix in its file's own layout: [Rows, Columns], row-major, inside mapped memory that the checkpoint owns.</summary>
/// <param name="type">How the weights are stored; Columns is a multiple of its block.</param>
/// <param name="rows">Output width.</param>
/// <param name="columns">Input width.</param>
/// <param name="data">The weights.</param>
/// <param name="scale">A factor on every weight, applied to the result of a product (ModelOpt's <c>weight_scale_2</c> and FP8 scale, GGUF's <c>.scale</c>).</param>
/// <param name="blockScales">NVFP4 from ModelOpt: its E4M3 scales [Rows, Columns / 16]; null in formats that hold their scales themselves.</param>
internal readonly unsafe struct WeightMatrix(TensorType type, int rows, int columns, byte* data, float scale = 1, byte* blockScales = null)
{
    public readonly TensorType Type = type;
    public readonly int Rows = rows;
    public readonly int Columns = columns;
    public readonly byte* Data = data;
    public readonly float Scale = scale;
    public readonly byte* BlockScales = blockScales;

    /// <summary>Bytes of a row's weights, without scales kept apart.</summary>
    public long RowBytes => BlockScales is null ? Type.Bytes(Columns) : Columns / 2;

    public WeightRow Row(long row) => new(Data + row * RowBytes, BlockScales is null ? null : BlockScales + row * (Columns / 16));

    /// <summary>Rows [start, start + count).</summary>
    public WeightMatrix Slice(int start, int count)
    {
        var first = Row(start);
        return new(Type, count, Columns, first.Data, Scale, first.Scales);
    }

    /// <summary>Widens one row, the factor included.</summary>
    public void CopyRow(int row, Span<float> destination)
    {
        if (destination.Length != Columns) throw new ArgumentException($"found {destination.Length} values, expected the row's {Columns}", nameof(destination));
        fixed (float* target = destination) WeightFormats.Visit(this, new RowCopy(this, row, target));
    }

    private readonly struct RowCopy(WeightMatrix w, int row, float* target) : IFormatVisitor
    {
        public void Visit<TFormat>() where TFormat : IWeightFormat
        {
            var source = w.Row(row);
            var factor = Vector512.Create(w.Scale);
            var k = 0;
            for (; k <= w.Columns - 16; k += 16) (TFormat.Load16(source, k) * factor).Store(target + k);
            if (k == w.Columns) return;

            // Only types without blocks have rows of any length: the rest is copied to where sixteen can be read.
            var padding = stackalloc byte[16 * sizeof(float)];
            new Span<byte>(padding, 16 * sizeof(float)).Clear();
            Buffer.MemoryCopy(source.Data + (long)k * TFormat.BlockBytes, padding, 16 * sizeof(float), (w.Columns - k) * TFormat.BlockBytes);
            var rest = TFormat.Load16(new WeightRow(padding), 0) * factor;
            for (var i = 0; k + i < w.Columns; i++) target[k + i] = rest[i];
        }
    }
}
