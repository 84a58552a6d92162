using Parquet;
using Parquet.Schema;

namespace NemotronSharp.Training.Data;

/// <summary>
/// Packed rows for other programs, one Parquet row each, in the columns of NeMo's packed SFT data: <c>input_ids</c>, <c>loss_mask</c> (1: learned;
/// belongs to the token itself) and <c>seq_start_id</c> (where each document starts). Padding is left out.
/// </summary>
internal static class PackedParquet
{
    private const int TokensPerGroup = 1 << 20; // bounds memory

    /// <summary>Writes the rows of a packed dataset.</summary>
    public static async Task WriteAsync(string packed, string parquet)
    {
        using var data = PackedDataset.Open(packed);
        DataField[] columns = [.. new[] { "input_ids", "loss_mask", "seq_start_id" }.Select(_ => new DataField<int>("element"))];
        var schema = new ParquetSchema(new ListField("input_ids", columns[0]), new ListField("loss_mask", columns[1]), new ListField("seq_start_id", columns[2]));
        await using var stream = new FileStream(parquet, FileMode.Create, FileAccess.Write);
        await using var writer = await ParquetWriter.CreateAsync(schema, stream, new ParquetOptions { CompressionMethod = CompressionMethod.Zstd });
        int rowsPerGroup = Math.Max(1, TokensPerGroup / data.RowLength);
        for (int first = 0; first < data.RowCount; first += rowsPerGroup)
        {
            var group = new RowGroup();
            for (int row = first; row < Math.Min(first + rowsPerGroup, data.RowCount); row++) group.Add(data, row);
            using var target = writer.CreateRowGroup();
            await group.Ids.WriteAsync(target, columns[0]);
            await group.Mask.WriteAsync(target, columns[1]);
            await group.Starts.WriteAsync(target, columns[2]);
        }
    }

    private sealed class RowGroup
    {
        public ListColumn Ids { get; } = new();

        public ListColumn Mask { get; } = new();

        public ListColumn Starts { get; } = new();

        public void Add(PackedDataset data, int row)
        {
            var (ids, mask, documents) = (new int[data.RowLength], new byte[data.RowLength], new int[data.RowLength]);
            data.ReadRow(row, ids, mask, documents);
            int length = data.RowLength;
            while (length > 0 && ids[length - 1] == 0) length--;
            Ids.AddRow(ids.Take(length));
            Mask.AddRow(mask.Take(length).Select(m => (int)m));
            Starts.AddRow(Enumerable.Range(0, length).Where(t => t == 0 || documents[t] != documents[t - 1]));
        }
    }

    // The values of many lists in a line; repetition level 0 begins a list.
    private sealed class ListColumn
    {
        private readonly List<int> _values = [];
        private readonly List<int> _levels = [];

        public void AddRow(IEnumerable<int> values)
        {
            int before = _values.Count;
            _values.AddRange(values);
            for (int i = before; i < _values.Count; i++) _levels.Add(i == before ? 0 : 1);
        }

        public Task WriteAsync(ParquetRowGroupWriter writer, DataField field)
        {
            var defined = new int[_values.Count]; // no list and no value is null
            defined.AsSpan().Fill(field.MaxDefinitionLevel);
            return writer.WriteAllPartsAsync<int>(field, _values.ToArray(), defined, _levels.ToArray(), CancellationToken.None);
        }
    }
}
