using Parquet;

namespace NemotronSharp.Training.Tests.Data;

/// <summary>Reads packed rows from Parquet as any program would: by column name, lists by their repetition levels.</summary>
internal static class ParquetRows
{
    public static List<(int[] Ids, int[] Mask, int[] Starts)> Read(string path)
    {
        using var stream = File.OpenRead(path);
        return ReadAsync(stream).GetAwaiter().GetResult();
    }

    private static async Task<List<(int[], int[], int[])>> ReadAsync(Stream stream)
    {
        var rows = new List<(int[], int[], int[])>();
        await using var reader = await ParquetReader.CreateAsync(stream);
        for (int g = 0; g < reader.RowGroupCount; g++)
        {
            using var group = reader.OpenRowGroupReader(g);
            var (ids, mask, starts) = (await Lists(reader, group, "input_ids"), await Lists(reader, group, "loss_mask"), await Lists(reader, group, "seq_start_id"));
            for (int row = 0; row < group.RowCount; row++) rows.Add((ids[row], mask[row], starts[row]));
        }
        return rows;
    }

    private static async Task<List<int[]>> Lists(ParquetReader reader, ParquetRowGroupReader group, string name)
    {
        var field = reader.Schema.GetDataFields().Single(f => f.Path.ToString().StartsWith(name + "/", StringComparison.Ordinal));
        int count = (int)group.GetMetadata(field)!.MetaData!.NumValues;
        var (values, defined, repeated) = (new int[count], new int[count], new int[count]);
        await group.ReadRawAsync<int>(field, values, defined, repeated);
        var lists = new List<List<int>>();
        for (int i = 0; i < count; i++)
        {
            if (repeated[i] == 0) lists.Add([]);
            lists[^1].Add(values[i]);
        }
        return [.. lists.Select(l => l.ToArray())];
    }
}
