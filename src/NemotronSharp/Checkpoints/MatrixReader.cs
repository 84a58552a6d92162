using NemotronSharp.Numerics;

namespace NemotronSharp.Checkpoints;

/// <summary>
/// Which format a matrix has is decided by its tensor and the companions beside it: ModelOpt's <c>weight_scale_2</c> makes NVFP4 of bytes, its <c>weight_scale</c>
/// belongs to FP8, and GGUF's <c>scale</c> to any type.
/// </summary>
internal static unsafe class MatrixReader
{
    private const string Weight = ".weight";

    /// <exception cref="InvalidDataException">The tensor or a companion is missing, or has another type or shape than the model needs; the message names it.</exception>
    public static WeightMatrix Read(IReadOnlyDictionary<string, Tensor> tensors, string source, string name, int rows, int columns)
    {
        var expected = $"a floating or block type [{rows}, {columns}]";
        if (!tensors.TryGetValue(name, out var tensor)) throw new InvalidDataException($"{source}: tensor '{name}': found nothing, expected {expected}");
        var stem = name.EndsWith(Weight, StringComparison.Ordinal) ? name[..^Weight.Length] : name;
        Companions.RefuseUnsupported(tensors, tensor, stem, rows, columns);
        if (tensor.Type == TensorType.U8 && tensors.TryGetValue($"{stem}.weight_scale", out var blockScales))
            return ModelOpt(tensors, tensor, blockScales, stem, rows, columns);

        Check(tensor, expected, rows, columns);
        var scale = 1f;
        if (tensor.Type == TensorType.F8E4M3 && tensors.TryGetValue($"{stem}.weight_scale", out var factor)) scale = Scalar(factor);
        if (tensors.TryGetValue($"{stem}.scale", out var side)) scale = Finite(side, scale * Scalar(side));
        return new WeightMatrix(tensor.Type, rows, columns, tensor.Data, scale);
    }

    /// <summary>Matrices of one shape, one after the other in a tensor [count, rows, columns]; a side tensor may hold a factor for each.</summary>
    /// <exception cref="InvalidDataException">As for <see cref="Read"/>.</exception>
    public static WeightMatrix[] ReadStacked(IReadOnlyDictionary<string, Tensor> tensors, string source, string name, int count, int rows, int columns)
    {
        var expected = $"a floating or block type [{count}, {rows}, {columns}]";
        if (!tensors.TryGetValue(name, out var tensor)) throw new InvalidDataException($"{source}: tensor '{name}': found nothing, expected {expected}");
        if (tensors.TryGetValue($"{name}.weight_scale", out var scales)) throw new InvalidDataException($"{scales.File}: tensor '{scales.Name}': found a scale beside merged experts, expected it beside each expert's own matrix");
        Check(tensor, expected, count, rows, columns);
        float[]? factors = null;
        if (tensors.TryGetValue($"{name}.scale", out var side))
        {
            if (side.Type != TensorType.F32 || side.Count != count) throw side.Unexpected($"F32 [{count}]");
            factors = side.ToSingles();
            foreach (var value in factors) Finite(side, value);
        }
        var bytes = tensor.Type.Bytes((long)rows * columns);
        return [.. Enumerable.Range(0, count).Select(i => new WeightMatrix(tensor.Type, rows, columns, tensor.Data + i * bytes, factors?[i] ?? 1))];
    }

    private static WeightMatrix ModelOpt(IReadOnlyDictionary<string, Tensor> tensors, Tensor packed, Tensor blockScales, string stem, int rows, int columns)
    {
        if (columns % 16 != 0 || !packed.Shape.SequenceEqual([rows, columns / 2])) throw packed.Unexpected($"NVFP4 of [{rows}, {columns}]: U8 [{rows}, {columns / 2}]");
        if (blockScales.Type != TensorType.F8E4M3 || !blockScales.Shape.SequenceEqual([rows, columns / 16])) throw blockScales.Unexpected($"F8E4M3 [{rows}, {columns / 16}]");
        if (!tensors.TryGetValue($"{stem}.weight_scale_2", out var factor)) throw new InvalidDataException($"{packed.File}: tensor '{stem}.weight_scale_2': found nothing, expected a factor beside the NVFP4 weights");
        return new WeightMatrix(TensorType.NVFP4, rows, columns, packed.Data, Scalar(factor), blockScales.Data);
    }

    private static void Check(Tensor tensor, string expected, params long[] shape)
    {
        if (!tensor.Type.IsWeight() || !tensor.Shape.SequenceEqual(shape)) throw tensor.Unexpected(expected);
        if (shape[^1] % tensor.Type.BlockElements() != 0) throw tensor.Unexpected($"rows of a multiple of {tensor.Type.BlockElements()}, the block of {tensor.Type}");
    }

    private static float Scalar(Tensor tensor)
    {
        if (tensor.Type != TensorType.F32 || tensor.Count != 1) throw tensor.Unexpected("one F32 factor");
        return Finite(tensor, tensor.ToSingles()[0]);
    }

    private static float Finite(Tensor tensor, float value) =>
        float.IsFinite(value) ? value : throw new InvalidDataException($"{tensor.File}: tensor '{tensor.Name}': found {value}, expected a finite factor");
}
