using CsCheck;
using NemotronSharp.Training.Data;

namespace NemotronSharp.Training.Tests.Data;

public class PackedDatasetTests
{
    private const int Vocabulary = 5000;

    [Fact]
    public void Every_sample_comes_back_whole_with_its_mask_and_its_borders() =>
        Gen.Select(Gen.Int[1, Vocabulary - 1], Gen.Byte[0, 1]).Array[1, 40].List[0, 60].Sample(samples =>
        {
            const int row = 32;
            using var folder = new DataFolder();
            using (var writer = new PackedDatasetWriter(folder.File("x.bin"), row, Vocabulary, poolSize: 4))
            {
                foreach (var sample in samples)
                    Assert.Equal(sample.Length <= row, writer.AddSample([.. sample.Select(t => t.Item1)], [.. sample.Select(t => t.Item2)]));
                writer.Complete();
                Assert.Equal(samples.Count(s => s.Length > row), writer.Refused);
            }
            string[] expected = [.. samples.Where(s => s.Length <= row).Select(s => string.Join(' ', s.Select(t => $"{t.Item1}:{t.Item2}"))).Order(StringComparer.Ordinal)];
            Assert.Equal(expected, Read(folder.File("x.bin")).Order(StringComparer.Ordinal));
        }, iter: 200);

    [Fact]
    public void Text_is_learned_whole_and_refused_when_longer_than_a_row()
    {
        using var folder = new DataFolder();
        using (var writer = new PackedDatasetWriter(folder.File("x.bin"), 32, Vocabulary))
        {
            Assert.True(writer.AddText([.. Enumerable.Range(1, 32)]));
            Assert.False(writer.AddText([.. Enumerable.Range(1, 33)]));
            writer.Complete();
            Assert.Equal(1, writer.Refused);
        }
        Assert.Equal(string.Join(' ', Enumerable.Range(1, 32).Select(id => $"{id}:1")), Assert.Single(Read(folder.File("x.bin"))));
    }

    [Fact]
    public void Padding_is_a_document_of_its_own_and_never_learned()
    {
        using var folder = new DataFolder();
        using (var writer = new PackedDatasetWriter(folder.File("x.bin"), 8, Vocabulary))
        {
            writer.AddSample([5, 6, 7], [0, 1, 1]);
            writer.Complete();
        }
        using var data = PackedDataset.Open(folder.File("x.bin"));
        var (ids, mask, documents) = (new int[8], new byte[8], new int[8]);
        data.ReadRow(0, ids, mask, documents);
        Assert.Equal([5, 6, 7, 0, 0, 0, 0, 0], ids);
        Assert.Equal([0, 1, 1, 0, 0, 0, 0, 0], mask);
        Assert.Equal([0, 0, 0, 1, 1, 1, 1, 1], documents);
    }

    [Fact]
    public void Short_samples_fill_the_gaps_of_long_ones()
    {
        using var folder = new DataFolder();
        var random = new SeededRandom(1);
        using var writer = new PackedDatasetWriter(folder.File("x.bin"), 128, Vocabulary);
        for (int i = 0; i < 2000; i++)
        {
            var ids = new int[random.Between(10, 90)];
            ids.AsSpan().Fill(3);
            writer.AddSample(ids, new byte[ids.Length]);
        }
        writer.Complete();
        Assert.True(writer.Tokens > 0.95 * writer.RowCount * 128, $"only {writer.Tokens} tokens in {writer.RowCount} rows of 128");
    }

    [Fact]
    public void No_prompt_comes_twice_in_a_row()
    {
        using var folder = new DataFolder();
        using (var writer = new PackedDatasetWriter(folder.File("x.bin"), 32, Vocabulary))
        {
            for (int i = 0; i < 6; i++) writer.AddSample([7, 8, 100 + i], [0, 0, 1]); // two prompts, six and three times
            for (int i = 0; i < 3; i++) writer.AddSample([7, 9, 100 + i], [0, 0, 1]);
            for (int i = 0; i < 3; i++) writer.AddText([5, 5]); // text has no prompt
            writer.Complete();
        }
        using var data = PackedDataset.Open(folder.File("x.bin"));
        Assert.Equal(6, data.RowCount);
        Assert.Equal(12, Read(folder.File("x.bin")).Count());
        var (ids, mask, documents) = (new int[32], new byte[32], new int[32]);
        for (int row = 0; row < data.RowCount; row++)
        {
            data.ReadRow(row, ids, mask, documents);
            string[] prompts = [.. Enumerable.Range(0, 31).Where(t => ids[t] == 7).Select(t => $"{ids[t]} {ids[t + 1]}")];
            Assert.Equal(prompts.Distinct().Count(), prompts.Length);
        }
    }

    [Theory]
    [InlineData(0, "magic")]
    [InlineData(8, "version")]
    [InlineData(12, "row length")]
    [InlineData(16, "bytes, expected")]
    [InlineData(20, "vocabulary")]
    public void A_damaged_header_is_named(int position, string expected)
    {
        using var folder = new DataFolder();
        string path = folder.File("x.bin");
        Write(path);
        byte[] bytes = File.ReadAllBytes(path);
        bytes.AsSpan(position, 4).Fill(0x7F);
        File.WriteAllBytes(path, bytes);
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => PackedDataset.Open(path)).Message);
    }

    [Fact]
    public void A_file_cut_short_or_never_completed_does_not_open()
    {
        using var folder = new DataFolder();
        string path = folder.File("x.bin");
        Write(path);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1]);
        Assert.Throws<InvalidDataException>(() => PackedDataset.Open(path));
        using (var writer = new PackedDatasetWriter(path, 8, Vocabulary)) writer.AddSample([1], [1]);
        Assert.Throws<InvalidDataException>(() => PackedDataset.Open(path));
        File.WriteAllBytes(path, []);
        Assert.Throws<InvalidDataException>(() => PackedDataset.Open(path));
    }

    [Fact]
    public void An_id_outside_the_vocabulary_and_a_missing_row_are_refused()
    {
        using var folder = new DataFolder();
        string path = folder.File("x.bin");
        Write(path);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[33] = 0xFF; // high byte of the first id
        File.WriteAllBytes(path, bytes);
        using var data = PackedDataset.Open(path);
        Assert.Contains("row 0, token 0", Assert.Throws<InvalidDataException>(() => data.ReadRow(0, new int[8], new byte[8], new int[8])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => data.ReadRow(1, new int[8], new byte[8], new int[8]));
        Assert.Throws<ArgumentException>(() => data.ReadRow(0, new int[7], new byte[8], new int[8]));
        using var writer = new PackedDatasetWriter(folder.File("y.bin"), 8, Vocabulary);
        Assert.Throws<ArgumentException>(() => writer.AddSample([Vocabulary], [1]));
    }

    private static void Write(string path)
    {
        using var writer = new PackedDatasetWriter(path, 8, Vocabulary);
        writer.AddSample([5, 6, 7], [0, 1, 1]);
        writer.Complete();
    }

    // Every document as "id:mask id:mask …"; padding (all zeros) left out.
    private static IEnumerable<string> Read(string path)
    {
        using var data = PackedDataset.Open(path);
        var (ids, mask, documents) = (new int[data.RowLength], new byte[data.RowLength], new int[data.RowLength]);
        for (int row = 0; row < data.RowCount; row++)
        {
            data.ReadRow(row, ids, mask, documents);
            foreach (var document in Enumerable.Range(0, ids.Length).GroupBy(t => documents[t]))
                if (document.Any(t => ids[t] != 0)) yield return string.Join(' ', document.Select(t => $"{ids[t]}:{mask[t]}"));
        }
    }
}
