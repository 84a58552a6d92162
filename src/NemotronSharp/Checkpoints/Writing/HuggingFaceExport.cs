using System.Text.Json.Nodes;
using NemotronSharp.Numerics;

namespace NemotronSharp.Checkpoints;

/// <summary>A model as a Hugging Face folder: config.json and safetensors, NVFP4 and FP8 in ModelOpt's layout with its metadata.</summary>
internal static class HuggingFaceExport
{
    /// <summary>Writes weights and shape into a folder that exists; memory is one matrix at a time.</summary>
    /// <param name="model">The values.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="recipe">Types of the matrices.</param>
    /// <param name="watch">Is told what was written.</param>
    /// <returns>What the matrices became.</returns>
    /// <exception cref="InvalidDataException">A tensor is missing or malformed, or the recipe asks for a type that the format does not have.</exception>
    public static WrittenTypes Write(ModelValues model, string folder, QuantizationRecipe recipe, WriteWatch? watch = null)
    {
        var (written, contents, modules) = (new WrittenTypes(), new List<TensorContent>(), new List<(string Name, TensorType Type)>());
        foreach (var (name, shape) in CheckpointLayout.Tensors(model.Config))
        {
            if (ModelParts.OfMatrix(name, shape, model.Config) is not { } part)
            {
                contents.Add(TensorContent.FromSingles(name, model.FloatType(name), shape, () => model.Floats(name, shape)));
                continue;
            }
            var matrix = model.Matrix(name, (int)shape[0], (int)shape[1]);
            var type = TypeOf(recipe, part, matrix);
            var stem = name[..^".weight".Length];
            written.Add(part, type, 1, shape[0] * shape[1], type == TensorType.NVFP4 ? shape[0] * shape[1] / 16 * 9 : type.Bytes(shape[0] * shape[1]));
            modules.Add((stem, type));
            contents.AddRange(Tensors(stem, matrix, type, recipe.Scales));
        }
        var scales = model.ActivationScales(contents).ToList();
        contents.AddRange(scales);
        var calibrated = scales.Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        var json = JsonNode.Parse(model.Config.ToJson())!.AsObject();
        var quantized = new QuantizedModules(model.CacheAlgorithm);
        foreach (var (name, type) in modules) quantized.Add(name, type, calibrated.Contains($"{name}.input_scale"));
        quantized.Write(json, folder);
        HuggingFaceFolder.Write(folder, json, contents, watch: watch);
        return written;
    }

    private static IEnumerable<TensorContent> Tensors(string stem, MatrixValues matrix, TensorType type, ScaleRule rule)
    {
        if (type == TensorType.NVFP4) return new ModelOptContent(stem, matrix, rule).Tensors();
        var factor = MatrixContent.FactorOf(matrix, type, rule);
        var weight = MatrixContent.Of($"{stem}.weight", [matrix], stacked: false, type, [factor], rule);
        return type == TensorType.F8E4M3 ? [weight, Scalar.Of($"{stem}.weight_scale", factor)] : [weight];
    }

    private static TensorType TypeOf(QuantizationRecipe recipe, ModelPart part, MatrixValues matrix)
    {
        if (recipe.Types.TryGetValue(part, out var type))
        {
            if (!ModelConversion.HuggingFaceTypes.Contains(type)) throw new InvalidDataException($"{matrix.Name}: found the type {type} asked for, expected one that Hugging Face folders have: {string.Join(", ", ModelConversion.HuggingFaceTypes)}");
        }
        // ggml's blocks have no place here; what they hold is not much more than BF16 says.
        else type = matrix.Stored is { } stored && ModelConversion.HuggingFaceTypes.Contains(stored.Type) && MatrixContent.Keeps(matrix, stored.Type) ? stored.Type : TensorType.BF16;
        return type == TensorType.NVFP4 && matrix.Columns % 16 != 0 ? TensorType.BF16 : type;
    }
}
