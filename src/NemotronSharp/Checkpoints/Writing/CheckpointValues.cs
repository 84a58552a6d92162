using NemotronSharp.Numerics;

namespace NemotronSharp.Checkpoints;

/// <summary>The values of another checkpoint, which must stay open.</summary>
internal sealed class CheckpointValues : ModelValues
{
    private static readonly string[] ActivationScaleEndings = [".input_scale", ".k_scale", ".v_scale"];

    private readonly Checkpoint _source;

    // Experts come one after the other, and their merged tensor is read once.
    private (string Name, WeightMatrix[] Experts) _stack = ("", []);

    /// <exception cref="InvalidDataException">The checkpoint misses a tensor, or holds one that the model has no place for, which would be lost.</exception>
    public CheckpointValues(Checkpoint source) : base(ShapeOf(source))
    {
        _source = source;
        var use = TensorUse.Of(source);
        if (use.Missing.Count > 0) throw new InvalidDataException($"{source.Path}: tensor '{use.Missing[0]}': found nothing, expected it in a model of the layers {source.Config.Pattern}");
        foreach (var (name, tensor) in source.Tensors)
            // A tied table may be stored twice.
            if (!use.Read.Contains(name) && Companions.OwnerOf(source.Tensors, name) is null && !(Config.TieWordEmbeddings && name == "lm_head.weight"))
                throw new InvalidDataException($"{tensor.File}: tensor '{tensor.Name}': found a tensor that the model has no place for, expected those of {source.Config.Pattern}");
    }

    public override MatrixValues Matrix(string name, int rows, int columns)
    {
        // A merged tensor wins over matrices of its own, as in the engine.
        if (TensorNames.Merged(name) is not var (stack, expert) || !_source.Tensors.ContainsKey(stack))
            return new StoredMatrix($"{_source.Path}: tensor '{name}'", MatrixReader.Read(_source.Tensors, _source.Path, name, rows, columns));
        if (_stack.Name != stack) _stack = (stack, MatrixReader.ReadStacked(_source.Tensors, _source.Path, stack, Config.RoutedExperts, rows, columns));
        return new StoredMatrix($"{_source.Path}: tensor '{stack}', expert {expert}", _stack.Experts[expert]);
    }

    public override string? CacheAlgorithm => _source is HuggingFaceFolder ? DeclaredQuantization.Read(_source.Path).Select(d => d.KeyValueAlgorithm).FirstOrDefault(a => a is not null) : null;

    // GGUF keeps the decay in another form, always in float32.
    public override TensorType FloatType(string name) => _source.Tensors.TryGetValue(name, out var tensor) ? tensor.Type : TensorType.F32;

    public override float[] Floats(string name, IReadOnlyList<long> shape)
    {
        const string logarithm = ".A_log";
        if (_source.Tensors.ContainsKey(name) || !name.EndsWith(logarithm, StringComparison.Ordinal)) return Read(name, shape);
        var mixer = name[..^logarithm.Length];
        return [.. Decay(mixer, (int)shape[0]).Select(a => a < 0 ? MathF.Log(-a) : throw new InvalidDataException($"{_source.Path}: tensor '{mixer + GgufNames.Decay}': found {a}, expected negative rates"))];
    }

    public override float[] Decay(string mixer, int heads) => _source.Tensors.ContainsKey(mixer + GgufNames.Decay) ? Read(mixer + GgufNames.Decay, [heads]) : base.Decay(mixer, heads);

    public override IEnumerable<TensorContent> ActivationScales(IEnumerable<TensorContent> written)
    {
        var types = written.ToDictionary(w => w.Name, w => w.Type, StringComparer.Ordinal);
        foreach (var (name, tensor) in _source.Tensors)
        {
            if (!ActivationScaleEndings.Any(e => name.EndsWith(e, StringComparison.Ordinal))) continue;
            var weight = name[..name.LastIndexOf('.')] + ".weight";
            if (types.TryGetValue(weight, out var type) && _source.Tensors.TryGetValue(weight, out var stored) && stored.Type == type) yield return TensorContent.FromSingles(name, TensorType.F32, [.. tensor.Shape], tensor.ToSingles());
        }
    }

    private float[] Read(string name, IReadOnlyList<long> shape)
    {
        if (!_source.Tensors.TryGetValue(name, out var tensor)) throw new InvalidDataException($"{_source.Path}: tensor '{name}': found nothing, expected F32, F16 or BF16 [{string.Join(", ", shape)}]");
        if (tensor.Count != shape.Aggregate(1L, (a, b) => a * b)) throw tensor.Unexpected($"F32, F16 or BF16 [{string.Join(", ", shape)}]");
        return tensor.ToSingles();
    }

    // A head that the shape promises may have been left out.
    private static NemotronConfig ShapeOf(Checkpoint source) => source.HasMtp || source.Config.MtpDepth == 0
        ? source.Config
        : source.Config with { MtpDepth = 0, MtpLayers = [], PerLayer = [.. source.Config.PerLayer.Take(source.Config.Layers.Length)] };

    private sealed class StoredMatrix(string name, WeightMatrix matrix) : MatrixValues(name, matrix.Rows, matrix.Columns)
    {
        public override WeightMatrix? Stored => matrix;

        public override void CopyRow(int row, Span<float> destination) => matrix.CopyRow(row, destination);
    }
}
