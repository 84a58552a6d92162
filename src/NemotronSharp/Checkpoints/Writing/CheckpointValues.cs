using NemotronSharp.Numerics;

namespace NemotronSharp.Checkpoints;

/// <summary>The values of another checkpoint, which must stay open.</summary>
internal sealed class CheckpointValues : ModelValues
{

    private static readonly string[] ActivationScaleEndings = [".input_scale", ".k_scale", ".v_scale"];

    private readonly Checkpoint _source;

    // Experts come one after the other, and their merged tensor is read once.
    private (string Name, WeightMatrix[] Experts) _stack = ("", []);

    /// <exception cref="InvalidDataException">The checkpoint holds a tensor that the model has no place for, which would be lost.</exception>
    public CheckpointValues(Checkpoint source) : base(source.Config)
    {
        _source = source;
        var use = TensorUse.Of(source);
        foreach (var (name, tensor) in source.Tensors)
            // A tied table may be stored twice.
            if (!use.Read.Contains(name) && Companions.OwnerOf(source.Tensors, name) is null && !(Config.TieWordEmbeddings && name == "lm_head.weight"))
                throw new InvalidDataException($"{tensor.File}: tensor '{tensor.Name}': found a tensor that the model has no place for, expected those of {source.Config.Pattern}");
    }

    public override MatrixValues Matrix(string name, int rows, int columns)
    {
        if (_source.Tensors.ContainsKey(name) || StackOf(name) is not var (stack, expert, expertCount) || !_source.Tensors.ContainsKey(stack))
            return new StoredMatrix($"{_source.Path}: tensor '{name}'", MatrixReader.Read(_source.Tensors, _source.Path, name, rows, columns));
        if (_stack.Name != stack) _stack = (stack, MatrixReader.ReadStacked(_source.Tensors, _source.Path, stack, expertCount, rows, columns));
        return new StoredMatrix($"{_source.Path}: tensor '{stack}', expert {expert}", _stack.Experts[expert]);
    }

    public override (TensorType Type, float[] Values) Floats(string name, IReadOnlyList<long> shape)
    {
        const string logarithm = ".A_log";
        if (_source.Tensors.ContainsKey(name) || !name.EndsWith(logarithm, StringComparison.Ordinal)) return Read(name, shape);
        var mixer = name[..^logarithm.Length];
        return (TensorType.F32, [.. Decay(mixer, (int)shape[0]).Select(a => a < 0 ? MathF.Log(-a) : throw new InvalidDataException($"{_source.Path}: tensor '{mixer + GgufNames.Decay}': found {a}, expected negative rates"))]);
    }

    public override float[] Decay(string mixer, int heads) => _source.Tensors.ContainsKey(mixer + GgufNames.Decay) ? Read(mixer + GgufNames.Decay, [heads]).Values : base.Decay(mixer, heads);

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

    private (TensorType Type, float[] Values) Read(string name, IReadOnlyList<long> shape)
    {
        if (!_source.Tensors.TryGetValue(name, out var tensor)) throw new InvalidDataException($"{_source.Path}: tensor '{name}': found nothing, expected F32, F16 or BF16 [{string.Join(", ", shape)}]");
        if (tensor.Count != shape.Aggregate(1L, (a, b) => a * b)) throw tensor.Unexpected($"F32, F16 or BF16 [{string.Join(", ", shape)}]");
        return (tensor.Type, tensor.ToSingles());
    }

    // …experts.N.up_proj.weight is matrix N of the stack …experts.up_proj.
    private (string Stack, int Expert, int Count)? StackOf(string name)
    {
        const string experts = ".experts.";
        var at = name.IndexOf(experts, StringComparison.Ordinal);
        if (at < 0) return null;
        var rest = name[(at + experts.Length)..].Split('.');
        return ($"{name[..at]}{experts}{rest[1]}", int.Parse(rest[0], System.Globalization.CultureInfo.InvariantCulture), Config.RoutedExperts);
    }

    private sealed class StoredMatrix(string name, WeightMatrix matrix) : MatrixValues(name, matrix.Rows, matrix.Columns)
    {
        public override WeightMatrix? Stored => matrix;

        public override void CopyRow(int row, Span<float> destination) => matrix.CopyRow(row, destination);
    }
}
