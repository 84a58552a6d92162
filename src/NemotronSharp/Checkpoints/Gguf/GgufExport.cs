using NemotronSharp.Numerics;

namespace NemotronSharp.Checkpoints;

/// <summary>A checkpoint of any format as a GGUF file.</summary>
internal static class GgufExport
{
    /// <summary>Writes the weights and the shape; memory is one matrix at a time.</summary>
    /// <param name="source">An open checkpoint.</param>
    /// <param name="path">The file.</param>
    /// <param name="name">The model's name in the metadata.</param>
    /// <param name="type">Type of the matrices; where a row does not fit its blocks, and for what llama.cpp keeps in float32, the type stays a float.</param>
    /// <param name="extra">More metadata: tokenizer, chat template.</param>
    /// <exception cref="InvalidDataException">A tensor has no place in GGUF.</exception>
    public static void Write(Checkpoint source, string path, string name, TensorType type, IEnumerable<KeyValuePair<string, GgufValue>>? extra = null)
    {
        var layers = source.Config.Layers.Length;
        var stacks = source.Tensors.Keys.Where(n => ExpertOf(n) is not null).GroupBy(n => ExpertOf(n)!.Value.Stack).ToDictionary(g => g.Key, g => g.OrderBy(n => ExpertOf(n)!.Value.Number).ToArray());
        var contents = new List<TensorContent>();
        foreach (var (vendor, tensor) in source.Tensors)
        {
            if (ExpertOf(vendor) is { } expert)
            {
                if (expert.Number == 0) contents.Add(Content(Named(expert.Stack, layers, tensor), [.. stacks[expert.Stack].Select(n => source.Tensors[n])], Shape(tensor, stacks[expert.Stack].Length), type));
                continue;
            }
            contents.Add(One(vendor, tensor, source.Config, layers, type));
        }
        GgufWriter.Write(path, [.. GgufConfig.Write(source.Config, name), .. extra ?? []], [.. contents.OrderBy(c => c.Name, StringComparer.Ordinal)]);
    }

    private static TensorContent One(string vendor, Tensor tensor, NemotronConfig config, int layers, TensorType type)
    {
        const string logarithm = ".mixer.A_log";
        if (vendor.EndsWith(logarithm, StringComparison.Ordinal))
        {
            var decay = tensor.ToSingles().Select(a => -MathF.Exp(a)).ToArray();
            return TensorContent.FromSingles(Named(vendor[..^logarithm.Length] + GgufNames.Decay, layers, tensor), TensorType.F32, [decay.Length, 1], decay);
        }
        var target = Named(vendor, layers, tensor);
        if (vendor.EndsWith(".mixer.D", StringComparison.Ordinal)) return Content(target, [tensor], [tensor.Count, 1], TensorType.F32);
        if (vendor.EndsWith(".conv1d.weight", StringComparison.Ordinal)) return Content(target, [tensor], [tensor.Shape[0], tensor.Shape[^1]], TensorType.F32);
        if (vendor.EndsWith(".mixer.norm.weight", StringComparison.Ordinal)) return Content(target, [tensor], [config.MambaGroups, tensor.Count / config.MambaGroups], TensorType.F32);
        // The router decides in float32; what is no matrix is small.
        var keepsFloat = tensor.Shape.Length < 2 || vendor.EndsWith(".gate.weight", StringComparison.Ordinal);
        return Content(target, [tensor], [.. tensor.Shape], keepsFloat ? TensorType.F32 : type);
    }

    private static TensorContent Content(string name, Tensor[] parts, long[] shape, TensorType type)
    {
        // What does not divide into blocks keeps its precision: half floats hold every BF16 weight of a usual size, and have no blocks.
        if (shape[^1] % type.BlockElements() != 0) type = TensorType.F16;
        return new TensorContent(name, type, shape, stream =>
        {
            foreach (var part in parts)
            {
                var values = part.ToSingles();
                var bytes = new byte[type.Bytes(values.Length)];
                BlockEncoder.Encode(type, values, bytes);
                stream.Write(bytes);
            }
        });
    }

    private static long[] Shape(Tensor first, int count) => [count, .. first.Shape];

    // …experts.N.up_proj.weight is slice N of the stack …experts.up_proj.
    private static (string Stack, int Number)? ExpertOf(string vendor)
    {
        const string experts = ".experts.";
        var at = vendor.IndexOf(experts, StringComparison.Ordinal);
        if (at < 0 || !vendor.EndsWith(".weight", StringComparison.Ordinal)) return null;
        var rest = vendor[(at + experts.Length)..^".weight".Length].Split('.');
        return rest.Length == 2 && int.TryParse(rest[0], out var number) ? ($"{vendor[..at]}{experts}{rest[1]}", number) : null;
    }

    private static string Named(string vendor, int layers, Tensor tensor) =>
        GgufNames.ToGguf(vendor, layers) ?? throw new InvalidDataException($"{tensor.File}: tensor '{vendor}': found a name that GGUF has no place for");
}
