using NemotronSharp.Numerics;

namespace NemotronSharp.Checkpoints;

/// <summary>What a model to be written is made of: its shape, and the values of every tensor that <see cref="CheckpointLayout"/> names for it.</summary>
internal abstract class ModelValues(NemotronConfig config)
{
    public NemotronConfig Config { get; } = config;

    /// <summary>A matrix [rows, columns], under the vendor's name of a tensor of its own.</summary>
    /// <exception cref="InvalidDataException">There is none, or it is malformed.</exception>
    public abstract MatrixValues Matrix(string name, int rows, int columns);

    /// <summary>Anything else, row-major.</summary>
    /// <exception cref="InvalidDataException">There is none, or it is malformed.</exception>
    public abstract float[] Floats(string name, IReadOnlyList<long> shape);

    /// <summary>The type that it has.</summary>
    public virtual TensorType FloatType(string name) => TensorType.F32;

    /// <summary>What was meant for the key/value cache, as ModelOpt names it; null if nothing was.</summary>
    public virtual string? CacheAlgorithm => null;

    /// <summary>The decay rates A = −exp(A_log) of a Mamba mixer.</summary>
    /// <param name="mixer">Its name.</param>
    /// <param name="heads">Their number.</param>
    public virtual float[] Decay(string mixer, int heads)
    {
        var values = Floats($"{mixer}.A_log", [heads]);
        for (var i = 0; i < values.Length; i++) values[i] = -MathF.Exp(values[i]);
        return values;
    }

    /// <summary>Scales of activations and caches that stand beside matrices, where those matrices keep their type.</summary>
    /// <param name="written">All other tensors.</param>
    public virtual IEnumerable<TensorContent> ActivationScales(IEnumerable<TensorContent> written) => [];
}

/// <summary>A matrix row by row; rows may be read from several threads.</summary>
internal abstract class MatrixValues(string name, int rows, int columns)
{
    /// <summary>For errors.</summary>
    public string Name { get; } = name;

    public int Rows { get; } = rows;

    public int Columns { get; } = columns;

    /// <summary>The matrix where it lies, if a file holds it.</summary>
    public virtual WeightMatrix? Stored => null;

    public abstract void CopyRow(int row, Span<float> destination);

    /// <summary>The largest magnitude, or a bound on it.</summary>
    /// <exception cref="InvalidDataException">A weight is not finite.</exception>
    public virtual float Largest()
    {
        var largest = 0f;
        var gate = new Lock();
        ParallelRows.Run(Rows, Columns, (row, values) =>
        {
            CopyRow(row, values);
            var inRow = CheckedLargest(row, values);
            lock (gate) largest = MathF.Max(largest, inRow);
        });
        return largest;
    }

    /// <summary>The largest magnitude of a row.</summary>
    /// <exception cref="InvalidDataException">A weight is not finite.</exception>
    public float CheckedLargest(int row, ReadOnlySpan<float> values)
    {
        var largest = Vectors.LargestMagnitude(values);
        return float.IsFinite(largest) ? largest : throw new InvalidDataException($"{Name}: row {row}: found {largest}, expected finite weights");
    }
}
