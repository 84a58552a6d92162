using NemotronSharp.Training.Data;
using NemotronSharp.Training.Model;

namespace NemotronSharp.Training.Pretraining;

/// <summary>Batches by step number, from the recipe's phases. Owns the open datasets.</summary>
internal sealed class DataSource : IDisposable
{
    private readonly Dictionary<string, PackedDataset> _datasets = [];
    private readonly List<(int FirstStep, BlendSampler Sampler)> _phases = [];
    private readonly PackedDataset? _validation;
    private readonly Recipe _recipe;
    private readonly NemotronConfig _config;
    private readonly bool _joined;

    /// <param name="recipe">A validated recipe.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="joined">
    /// Whether every micro-batch becomes one row, documents apart as ever, and those of equal size one batch: few large batches for an accelerator,
    /// where the CPU is faster with what fits its cache.
    /// </param>
    /// <exception cref="InvalidDataException">A dataset is missing, empty or malformed, or its vocabulary is not the model's.</exception>
    public DataSource(Recipe recipe, NemotronConfig config, bool joined = false)
    {
        (_recipe, _config, _joined) = (recipe, config, joined);
        foreach (var (phase, number) in recipe.Phases.Select((p, i) => (p, i)))
            _phases.Add((phase.FromStep, new BlendSampler([.. phase.Blend.Select(b => (Open(b.File), b.Weight))], recipe.TokensAtOnce, (ulong)recipe.Seed + (ulong)number * 7919)));
        _validation = recipe.Validation is null ? null : Open(recipe.Validation);
    }

    /// <summary>The packed datasets that the recipe names, by path.</summary>
    public IReadOnlyCollection<string> Files => _datasets.Keys;

    /// <summary>The batches of one step.</summary>
    public List<PackedBatch> Batches(int step)
    {
        var (first, sampler) = _phases.Last(p => p.FirstStep <= step);
        var count = _recipe.TokensPerStep / _recipe.TokensAtOnce;
        var microBatches = Enumerable.Range(0, count).Select(i => sampler.At((long)(step - first) * count + i));
        return _joined ? [.. microBatches.GroupBy(Tokens).Select(Join)] : [.. microBatches.Select(rows => Build(rows))];
    }

    /// <summary>The held-out rows, always the same and spread over the file; empty if the recipe names none.</summary>
    public List<PackedBatch> Validation()
    {
        if (_validation is null) return [];
        var rows = Math.Min(_recipe.ValidationRows, _validation.RowCount);
        var spread = Enumerable.Range(0, rows).Select(i => (_validation, (int)((long)i * _validation.RowCount / rows)));
        return [.. spread.Chunk(Math.Max(1, _recipe.TokensAtOnce / _validation.RowLength)).Select(rows => Build(rows))];
    }

    private static int Tokens((PackedDataset Dataset, int Row)[] rows) => rows.Length * rows[0].Dataset.RowLength;

    private PackedBatch Join(IEnumerable<(PackedDataset Dataset, int Row)[]> microBatches)
    {
        var all = microBatches.OrderBy(rows => rows[0].Dataset.RowLength).ToArray();
        return Build([.. all.SelectMany(rows => rows)], all.Length, all[^1][0].Dataset.RowLength);
    }

    private PackedBatch Build((PackedDataset Dataset, int Row)[] rows) => Build(rows, rows.Length, rows[0].Dataset.RowLength);

    // Datasets' rows one after the other, dealt to a number of rows of the batch.
    private PackedBatch Build((PackedDataset Dataset, int Row)[] rows, int count, int length)
    {
        var ids = new int[rows.Sum(r => r.Dataset.RowLength)];
        var learned = new byte[ids.Length];
        var documents = new int[ids.Length];
        var (at, document) = (0, 0);
        foreach (var (dataset, row) in rows)
        {
            var place = new Range(at, at += dataset.RowLength);
            var numbers = documents.AsSpan(place);
            dataset.ReadRow(row, ids.AsSpan(place), learned.AsSpan(place), numbers);
            foreach (ref var number in numbers) number += document;
            document = numbers[^1] + 1;
        }
        // The head learns its trade from short rows; on long ones it would only double the cost of attention.
        var depths = length > _recipe.TokensAtOnce ? 0 : _recipe.MtpDepths ?? _config.MtpDepth;
        return _joined
            ? new PackedBatch(count, ids, learned, documents, _config.ChunkSize, depths) { MicroBatches = count, Stretches = Stretches(rows, learned, documents) }
            : new PackedBatch(count, ids, learned, documents, _config.ChunkSize, depths);
    }

    private static List<RowStretch> Stretches((PackedDataset Dataset, int Row)[] rows, byte[] learned, int[] documents)
    {
        var stretches = new List<RowStretch>();
        foreach (var alike in rows.GroupBy(r => r.Dataset.RowLength))
        {
            var stretch = new RowStretch(stretches.Count == 0 ? 0 : stretches[^1].End, alike.Count(), alike.Key);
            stretches.Add(stretch with { Alone = Enumerable.Range(stretch.Start, stretch.End - stretch.Start).All(t => learned[t] == 0 || documents[t] == documents[t - (t - stretch.Start) % stretch.Length]) });
        }
        return stretches;
    }

    private PackedDataset Open(string file)
    {
        var path = Path.Combine(_recipe.Data, file);
        if (_datasets.TryGetValue(path, out var open)) return open;
        if (!File.Exists(path)) throw new InvalidDataException($"{path}: no such packed dataset; `nemotron-train data` makes it");
        var dataset = _datasets[path] = PackedDataset.Open(path);
        if (dataset.RowCount == 0) throw new InvalidDataException($"{path}: found no rows");
        if (dataset.VocabularySize > _config.VocabSize)
            throw new InvalidDataException($"{path}: found a vocabulary of {dataset.VocabularySize}, expected at most the model's {_config.VocabSize}");
        return dataset;
    }

    public void Dispose()
    {
        foreach (var dataset in _datasets.Values) dataset.Dispose();
    }
}
