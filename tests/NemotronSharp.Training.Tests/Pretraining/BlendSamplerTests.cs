using NemotronSharp.Training.Data;
using NemotronSharp.Training.Pretraining;
using NemotronSharp.Training.Tests.Data;

namespace NemotronSharp.Training.Tests.Pretraining;

public sealed class BlendSamplerTests : IDisposable
{
    private readonly DataFolder _folder = new();
    private readonly List<PackedDataset> _open = [];

    public void Dispose()
    {
        foreach (var dataset in _open) dataset.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Micro_batches_hold_rows_of_one_length_and_weights_are_shares_of_tokens()
    {
        PackedDataset a = Dataset("a", 16, 30), b = Dataset("b", 16, 50), wide = Dataset("wide", 128, 20);
        var sampler = new BlendSampler([(a, 0.3), (wide, 0.5), (b, 0.2)], tokensAtOnce: 64, seed: 3);
        var tokens = new Dictionary<PackedDataset, long> { [a] = 0, [b] = 0, [wide] = 0 };
        for (var i = 0; i < 3000; i++)
        {
            var rows = sampler.At(i);
            Assert.Single(rows.Select(r => r.Dataset.RowLength).Distinct());
            Assert.Equal(rows[0].Dataset == wide ? 1 : 4, rows.Length); // a row longer than the budget comes alone
            foreach (var (dataset, _) in rows) tokens[dataset] += dataset.RowLength;
        }
        double all = tokens.Values.Sum();
        Assert.Equal(0.3, tokens[a] / all, 0.01);
        Assert.Equal(0.2, tokens[b] / all, 0.01);
        Assert.Equal(0.5, tokens[wide] / all, 0.01);
    }

    [Fact]
    public void Every_row_comes_once_before_any_comes_twice()
    {
        PackedDataset a = Dataset("a", 16, 37), wide = Dataset("wide", 64, 11);
        var sampler = new BlendSampler([(a, 0.5), (wide, 0.5)], tokensAtOnce: 32, seed: 5);
        var drawn = Enumerable.Range(0, 400).SelectMany(i => sampler.At(i)).ToList();
        Assert.Equal(37, drawn.Where(r => r.Dataset == a).Take(37).Select(r => r.Row).Distinct().Count());
        Assert.Equal(11, drawn.Where(r => r.Dataset == wide).Take(11).Select(r => r.Row).Distinct().Count());
    }

    private PackedDataset Dataset(string name, int rowLength, int rows)
    {
        using (var writer = new PackedDatasetWriter(_folder.File(name), rowLength, TinyModel.Vocabulary))
        {
            for (var i = 0; i < rows; i++) writer.AddText(TinyModel.Ids(rowLength, i));
            writer.Complete();
            Assert.Equal(rows, writer.RowCount);
        }
        _open.Add(PackedDataset.Open(_folder.File(name)));
        return _open[^1];
    }
}
