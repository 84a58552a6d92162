using NemotronSharp.Numerics;

namespace NemotronSharp.Checkpoints;

/// <summary>A model as a GGUF file. A matrix keeps its bits where its type stays; ModelOpt's NVFP4 gets GGUF's order, its factor a side tensor.</summary>
internal static class GgufExport
{
    /// <summary>Writes weights and shape; memory is one matrix at a time.</summary>
    /// <param name="model">The values.</param>
    /// <param name="path">The file.</param>
    /// <param name="name">The model's name in the metadata, unless <paramref name="extra"/> has one.</param>
    /// <param name="recipe">Types of the matrices. What llama.cpp keeps in float32 stays so whatever it says.</param>
    /// <param name="extra">More metadata: tokenizer, chat template, authors.</param>
    /// <param name="watch">Is told what was written.</param>
    /// <returns>What the matrices became.</returns>
    /// <exception cref="InvalidDataException">A tensor is missing or malformed, or the recipe asks for a type that GGUF does not have.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing of the file is left.</exception>
    public static WrittenTypes Write(ModelValues model, string path, string name, QuantizationRecipe recipe, IEnumerable<KeyValuePair<string, GgufValue>>? extra = null, WriteWatch? watch = null)
    {
        var config = model.Config;
        var written = new WrittenTypes();
        var contents = new List<TensorContent>();
        var stacks = new Dictionary<string, List<MatrixValues>>(StringComparer.Ordinal);
        foreach (var (vendor, shape) in CheckpointLayout.Tensors(config))
        {
            if (ModelParts.OfMatrix(vendor, shape, config) is not { } part)
            {
                contents.Add(Floats(model, vendor, shape));
                continue;
            }
            var matrix = model.Matrix(vendor, (int)shape[0], (int)shape[1]);
            List<MatrixValues> parts = [matrix];
            var expertStack = TensorNames.Merged(vendor)?.Stack;
            var target = Named(config, expertStack ?? vendor);
            if (expertStack is not null)
            {
                if (!stacks.TryGetValue(target, out var stack)) stacks[target] = stack = [];
                stack.Add(matrix);
                if (stack.Count < config.RoutedExperts) continue;
                parts = stack;
            }
            var type = TypeOf(recipe, part, vendor, parts);
            written.Add(part, type, parts.Count, (long)parts.Count * matrix.Rows * matrix.Columns, type.Bytes((long)parts.Count * matrix.Rows * matrix.Columns));
            var factors = parts.ConvertAll(p => MatrixContent.FactorOf(p, type, recipe.Scales));
            contents.Add(MatrixContent.Of(target, parts, expertStack is not null, type, factors, recipe.Scales));
            if (type == TensorType.NVFP4 && HasFactor(vendor)) contents.Add(Scalar.Of(target[..^".weight".Length] + ".scale", factors));
        }
        // A name that comes with the source is kept.
        var more = extra?.ToDictionary(m => m.Key, m => m.Value, StringComparer.Ordinal) ?? [];
        GgufWriter.Write(path, [.. GgufConfig.Write(config, name).Where(m => !more.ContainsKey(m.Key)), .. more], [.. contents.OrderBy(c => c.Name, StringComparer.Ordinal)], watch);
        return written;
    }

    private static TensorType TypeOf(QuantizationRecipe recipe, ModelPart part, string vendor, List<MatrixValues> parts)
    {
        if (recipe.Types.TryGetValue(part, out var type))
        {
            if (type == TensorType.F8E4M3) throw new InvalidDataException($"{vendor}: found the type FP8 (F8E4M3) asked for, expected one that GGUF has: {string.Join(", ", ModelConversion.GgufTypes)}");
        }
        // What GGUF has no type for becomes what the vendor trains in.
        else type = parts[0].Stored is { Type: not TensorType.F8E4M3 } stored && parts.All(p => MatrixContent.Keeps(p, stored.Type)) ? stored.Type : TensorType.BF16;

        // llama.cpp applies no factor to these, or refuses the file; and NVFP4 without one is poor. What is in the file already stays if it has none.
        if (type == TensorType.NVFP4 && !HasFactor(vendor) && !parts.All(p => p.Stored is { Type: TensorType.NVFP4, Scale: 1 })) type = TensorType.Q8_0;
        // Every block but Q8_0's and Q4_0's is wider than 32.
        if (parts[0].Columns % type.BlockElements() != 0) type = parts[0].Columns % 32 == 0 ? TensorType.Q8_0 : TensorType.F16;
        return type;
    }

    private static bool HasFactor(string vendor) =>
        !vendor.StartsWith("backbone.embeddings.", StringComparison.Ordinal) && !vendor.Contains("_latent_proj.", StringComparison.Ordinal) && !vendor.StartsWith("mtp.", StringComparison.Ordinal);

    // What llama.cpp keeps in float32, some of it in another shape or form.
    private static TensorContent Floats(ModelValues model, string vendor, long[] shape)
    {
        const string logarithm = ".A_log";
        var config = model.Config;
        if (!vendor.EndsWith(logarithm, StringComparison.Ordinal)) return TensorContent.FromSingles(Named(config, vendor), TensorType.F32, GgufShape(vendor, shape, config.MambaGroups), () => model.Floats(vendor, shape));
        var mixer = vendor[..^logarithm.Length];
        return TensorContent.FromSingles(Named(config, mixer + GgufNames.Decay), TensorType.F32, [shape[0], 1], () => model.Decay(mixer, (int)shape[0]));
    }

    private static long[] GgufShape(string vendor, long[] shape, int groups) => vendor switch
    {
        _ when vendor.EndsWith(".mixer.D", StringComparison.Ordinal) => [shape[0], 1],
        _ when vendor.EndsWith(".conv1d.weight", StringComparison.Ordinal) => [shape[0], shape[^1]],
        _ when vendor.EndsWith(".mixer.norm.weight", StringComparison.Ordinal) => [groups, shape[0] / groups],
        _ => shape,
    };

    private static string Named(NemotronConfig config, string vendor) =>
        GgufNames.ToGguf(vendor, config.Layers.Length) ?? throw new InvalidDataException($"tensor '{vendor}': found a name that GGUF has no place for");
}
