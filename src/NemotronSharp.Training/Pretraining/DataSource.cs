using NemotronSharp.Training.Data;
using NemotronSharp.Training.Model;

namespace NemotronSharp.Training.Pretraining;

/// <summary>Batches by step number, from the recipe's phases. Owns the open datasets.</summary>
internal sealed class DataSource : IDisposable
{
    private readonly Dictionary<string, PackedDataset> _datasets = [];
    private readonly List<(int FirstStep, PackedDataset[] Parts, RowSampler Sampler)> _phases = [];
    private readonly PackedDataset? _validation;
    private readonly Recipe _recipe;
    private readonly NemotronConfig _config;

    /// <exception cref="InvalidDataException">A dataset is missing or malformed, rows differ in length, or its vocabulary is not the model's.</exception>
    public DataSource(Recipe recipe, NemotronConfig config)
    {
        (_recipe, _config) = (recipe, config);
        foreach (var (phase, number) in recipe.Phases.Select((p, i) => (p, i)))
        {
            var parts = phase.Blend.Select(b => Open(b.File)).ToArray();
            var sampler = new RowSampler([.. phase.Blend.Select(b => b.Weight)], [.. parts.Select(p => p.RowCount)], (ulong)recipe.Seed + (ulong)number * 7919);
            _phases.Add((phase.FromStep, parts, sampler));
        }
        _validation = recipe.Validation is null ? null : Open(recipe.Validation);
        RowLength = _phases[0].Parts[0].RowLength;
        if (_datasets.Values.FirstOrDefault(d => d.RowLength != RowLength) is { } odd)
            throw new InvalidDataException($"{recipe.Data}: found rows of {odd.RowLength} and of {RowLength} tokens, expected one length");
    }

    public int RowLength { get; }

    /// <summary>The micro-batches of one step.</summary>
    public List<PackedBatch> Batches(int step)
    {
        var (first, parts, sampler) = _phases.Last(p => p.FirstStep <= step);
        return Build(_recipe.RowsPerStep, i =>
        {
            var (dataset, row) = sampler.At((long)(step - first) * _recipe.RowsPerStep + i);
            return (parts[dataset], row);
        });
    }

    /// <summary>The held-out rows, always the same and spread over the file; empty if the recipe names none.</summary>
    public List<PackedBatch> Validation() =>
        _validation is null ? [] : Build(Math.Min(_recipe.ValidationRows, _validation.RowCount), Spread);

    private (PackedDataset, int) Spread(int i) => (_validation!, (int)((long)i * _validation!.RowCount / Math.Min(_recipe.ValidationRows, _validation.RowCount)));

    private List<PackedBatch> Build(int rows, Func<int, (PackedDataset Dataset, int Row)> at)
    {
        var batches = new List<PackedBatch>();
        for (var start = 0; start < rows; start += _recipe.RowsAtOnce)
        {
            var count = Math.Min(_recipe.RowsAtOnce, rows - start);
            var ids = new int[count * RowLength];
            var learned = new byte[ids.Length];
            var documents = new int[ids.Length];
            for (var i = 0; i < count; i++)
            {
                var (dataset, row) = at(start + i);
                var place = new Range(i * RowLength, (i + 1) * RowLength);
                dataset.ReadRow(row, ids.AsSpan(place), learned.AsSpan(place), documents.AsSpan(place));
            }
            batches.Add(new PackedBatch(count, ids, learned, documents, _config.ChunkSize, _config.MtpDepth));
        }
        return batches;
    }

    private PackedDataset Open(string file)
    {
        var path = Path.Combine(_recipe.Data, file);
        if (_datasets.TryGetValue(path, out var open)) return open;
        if (!File.Exists(path)) throw new InvalidDataException($"{path}: no such packed dataset; `nemotron-train data` makes it");
        var dataset = _datasets[path] = PackedDataset.Open(path);
        if (dataset.VocabularySize > _config.VocabSize)
            throw new InvalidDataException($"{path}: found a vocabulary of {dataset.VocabularySize}, expected at most the model's {_config.VocabSize}");
        return dataset;
    }

    public void Dispose()
    {
        foreach (var dataset in _datasets.Values) dataset.Dispose();
    }
}
