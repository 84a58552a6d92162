using NemotronSharp.Numerics;

namespace NemotronSharp.Checkpoints;

/// <summary>Tensors that belong to a matrix and say what its numbers mean: ModelOpt's scales and GGUF's factors.</summary>
internal static class Companions
{
    private const string Weight = ".weight", Scale = ".weight_scale", SecondScale = ".weight_scale_2";

    // A stem's activation scale is for engines that quantize activations, and this one does not.
    private static readonly string[] Known = [Scale, SecondScale, ".input_scale", ".scale"];

    // Each makes the weights mean something else; passed over, it would give wrong numbers in silence.
    private static readonly string[] Unsupported = [".pre_quant_scale", ".weight_scale_inv", ".weight_zero_point", ".weight_shape"];

    /// <summary>The matrix that a companion belongs to; null if the tensor is none, or stands alone.</summary>
    public static string? OwnerOf(IReadOnlyDictionary<string, Tensor> tensors, string name)
    {
        foreach (var ending in Known)
        {
            if (!name.EndsWith(ending, StringComparison.Ordinal)) continue;
            var stem = name[..^ending.Length];
            // Stacked experts have no ".weight".
            return tensors.ContainsKey(stem + Weight) ? stem + Weight : tensors.ContainsKey(stem) ? stem : null;
        }
        return null;
    }

    /// <summary>What a tensor's numbers are, its companions considered, and how many weights it holds.</summary>
    public static (string Format, long Weights) FormatOf(IReadOnlyDictionary<string, Tensor> tensors, string name, Tensor tensor)
    {
        var stem = name.EndsWith(Weight, StringComparison.Ordinal) ? name[..^Weight.Length] : name;
        return (tensor.Type, tensors.ContainsKey(stem + Scale)) switch
        {
            (TensorType.U8, true) when tensors.ContainsKey(stem + SecondScale) => (nameof(TensorType.NVFP4), 2 * tensor.Count),
            (TensorType.F8E4M3, true) => ("FP8", tensor.Count),
            _ => (tensor.Type.ToString(), tensor.Count),
        };
    }

    /// <summary>Refuses matrices of ModelOpt's other algorithms, and of other tools that spell theirs alike.</summary>
    /// <exception cref="InvalidDataException">A companion has a type or shape that makes another format; the message names it.</exception>
    public static void RefuseUnsupported(IReadOnlyDictionary<string, Tensor> tensors, Tensor tensor, string stem, int rows, int columns)
    {
        foreach (var ending in Unsupported)
            if (tensors.TryGetValue(stem + ending, out var unknown)) throw new InvalidDataException($"{unknown.File}: tensor '{unknown.Name}': found {unknown.Describe()} beside {tensor.Describe()}, expected {Supported()}");
        if (!tensors.TryGetValue(stem + Scale, out var scale)) return;
        var fits = tensor.Type switch
        {
            TensorType.U8 => scale.Type == TensorType.F8E4M3,
            TensorType.F8E4M3 => scale is { Type: TensorType.F32, Count: 1 },
            _ => false,
        };
        if (!fits) throw new InvalidDataException($"{tensor.File}: tensor '{tensor.Name}': found {tensor.Describe()} with weight_scale {scale.Describe()}, expected {Supported()}");

        string Supported() => $"NVFP4 (U8 [{rows}, {columns / 2}] with weight_scale F8E4M3 [{rows}, {columns / 16}] and weight_scale_2 F32 []), FP8 (F8E4M3 [{rows}, {columns}] with weight_scale F32 []), or a type without such companions";
    }
}
