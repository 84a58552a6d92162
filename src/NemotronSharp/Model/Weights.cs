using NemotronSharp.Checkpoints;
using NemotronSharp.Numerics;
using NemotronSharp.State;

namespace NemotronSharp.Model;

/// <summary>
/// Typed access to a checkpoint's tensors, with their shapes checked. Matrices stay in the mapped file;
/// vectors are widened to float32 and kept alive here.
/// </summary>
internal sealed unsafe class Weights(IReadOnlyDictionary<string, Tensor> tensors, string source) : IDisposable
{
    private readonly List<NativeBuffer> _vectors = [];

    public bool Has(string name) => tensors.ContainsKey(name);

    /// <summary>A matrix [rows, columns] where it lies, in the format that the tensor and its companions make.</summary>
    public WeightMatrix Matrix(string name, int rows, int columns) => MatrixReader.Read(tensors, source, name, rows, columns);

    /// <summary>A vector of <paramref name="length"/> float32 values; a tensor of any shape with that many elements will do.</summary>
    public float* Vector(string name, int length)
    {
        var tensor = Floats(name, $"[{length}]");
        if (tensor.Count != length) throw tensor.Unexpected($"F32, F16 or BF16 [{length}]");
        return Keep(tensor.ToSingles());
    }

    /// <summary>Convolution taps [C, 1, K] as [K, C], so that lanes run over channels.</summary>
    public float* ConvTaps(string name, int channels, int kernel)
    {
        var tensor = Floats(name, $"[{channels}, 1, {kernel}]");
        if (tensor.Count != (long)channels * kernel || tensor.Shape[0] != channels) throw tensor.Unexpected($"F32, F16 or BF16 [{channels}, 1, {kernel}]");
        var values = tensor.ToSingles();
        var taps = new float[values.Length];
        for (var c = 0; c < channels; c++)
            for (var i = 0; i < kernel; i++) taps[i * channels + c] = values[c * kernel + i];
        return Keep(taps);
    }

    /// <summary>The experts' matrices, one tensor each (<c>experts.N.up_proj.weight</c>) or merged (<c>experts.up_proj</c> [E, rows, columns]).</summary>
    public WeightMatrix[] Experts(string prefix, string projection, int experts, int rows, int columns)
    {
        var merged = $"{prefix}.experts.{projection}";
        if (!Has(merged)) return [.. Enumerable.Range(0, experts).Select(e => Matrix($"{prefix}.experts.{e}.{projection}.weight", rows, columns))];
        return MatrixReader.ReadStacked(tensors, source, merged, experts, rows, columns);
    }

    /// <summary>The scales of a layer's FP8 cache, 1 where there are none. Malformed ones are refused whatever the cache.</summary>
    public CacheScales CacheScales(string mixer) => KeyValueScales.Read(tensors, mixer) is { } found ? new(found.Key, found.Value) : State.CacheScales.None;

    public void Dispose()
    {
        foreach (var vector in _vectors) vector.Dispose();
        _vectors.Clear();
    }

    private Tensor Floats(string name, string shape)
    {
        if (!tensors.TryGetValue(name, out var tensor))
            throw new InvalidDataException($"{source}: tensor '{name}': found nothing, expected F32, F16 or BF16 {shape}");
        return tensor.Type is TensorType.F32 or TensorType.F16 or TensorType.BF16 ? tensor : throw tensor.Unexpected($"F32, F16 or BF16 {shape}");
    }

    private float* Keep(float[] values)
    {
        var buffer = new NativeBuffer(values.Length);
        values.CopyTo(new Span<float>(buffer.Data, values.Length));
        _vectors.Add(buffer);
        return buffer.Data;
    }
}
