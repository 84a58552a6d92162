using NemotronSharp.Numerics;

namespace NemotronSharp.Checkpoints;

/// <summary>
/// A checkpoint of any format as a GGUF file. ModelOpt's NVFP4 keeps every bit where NVFP4 is asked for: the same codes and scales in GGUF's order, the factor
/// in a side tensor. Everything else is decoded and encoded again.
/// </summary>
internal static class GgufExport
{
    private static readonly string[] Companions = [".weight_scale", ".weight_scale_2", ".input_scale", ".k_scale", ".v_scale", ".scale"];

    /// <summary>Writes weights and shape; memory is one matrix at a time.</summary>
    /// <param name="source">An open checkpoint.</param>
    /// <param name="path">The file.</param>
    /// <param name="name">The model's name in the metadata.</param>
    /// <param name="type">Type of the matrices, one of <see cref="BlockEncoder.Types"/>; where a row does not fit its blocks the type is F16, and what llama.cpp keeps in float32 stays so.</param>
    /// <param name="extra">More metadata: tokenizer, chat template.</param>
    /// <exception cref="InvalidDataException">A tensor has no place in GGUF, or is malformed.</exception>
    public static void Write(Checkpoint source, string path, string name, TensorType type, IEnumerable<KeyValuePair<string, GgufValue>>? extra = null)
    {
        var contents = new List<TensorContent>();
        foreach (var (vendor, tensor) in source.Tensors)
        {
            if (Companions.Any(c => vendor.EndsWith(c, StringComparison.Ordinal))) continue;
            if (ExpertOf(vendor) is { } expert)
            {
                if (expert.Number == 0) contents.AddRange(Matrices(Named(source, expert.Stack, tensor), Stack(source, expert.Stack), stacked: true, type));
            }
            else if (vendor.EndsWith(".experts.up_proj", StringComparison.Ordinal) || vendor.EndsWith(".experts.down_proj", StringComparison.Ordinal))
            {
                var shape = tensor.Shape.Length == 3 ? tensor.Shape : throw tensor.Unexpected("three dimensions, one matrix an expert");
                contents.AddRange(Matrices(Named(source, vendor, tensor), MatrixReader.ReadStacked(source.Tensors, source.Path, vendor, (int)shape[0], (int)shape[1], (int)shape[2]), stacked: true, type));
            }
            else if (Vector(source, vendor, tensor) is { } vector) contents.Add(vector);
            // The latent projections' factor is not applied by llama.cpp: it has to be in the weights.
            else contents.AddRange(Matrices(Named(source, vendor, tensor), [Matrix(source, vendor, tensor)], stacked: false, type, mayKeepFactor: !vendor.Contains("_latent_proj", StringComparison.Ordinal)));
        }
        GgufWriter.Write(path, [.. GgufConfig.Write(source.Config, name), .. extra ?? []], [.. contents.OrderBy(c => c.Name, StringComparer.Ordinal)]);
    }

    // What llama.cpp keeps in float32, some of it in another shape or form.
    private static TensorContent? Vector(Checkpoint source, string vendor, Tensor tensor)
    {
        const string logarithm = ".mixer.A_log";
        if (vendor.EndsWith(logarithm, StringComparison.Ordinal))
        {
            var decay = tensor.ToSingles().Select(a => -MathF.Exp(a)).ToArray();
            return TensorContent.FromSingles(Named(source, vendor[..^logarithm.Length] + GgufNames.Decay, tensor), TensorType.F32, [decay.Length, 1], decay);
        }
        var groups = source.Config.MambaGroups;
        long[]? shape = vendor switch
        {
            _ when vendor.EndsWith(".mixer.D", StringComparison.Ordinal) || vendor.EndsWith(GgufNames.Decay, StringComparison.Ordinal) => [tensor.Count, 1],
            _ when vendor.EndsWith(".conv1d.weight", StringComparison.Ordinal) => [tensor.Shape[0], tensor.Shape[^1]],
            _ when vendor.EndsWith(".mixer.norm.weight", StringComparison.Ordinal) => [groups, tensor.Count / groups],
            _ when vendor.EndsWith(".gate.weight", StringComparison.Ordinal) || tensor.Shape.Length < 2 => [.. tensor.Shape],
            _ => null,
        };
        return shape is null ? null : TensorContent.FromSingles(Named(source, vendor, tensor), TensorType.F32, shape, tensor.ToSingles());
    }

    private static IEnumerable<TensorContent> Matrices(string name, WeightMatrix[] parts, bool stacked, TensorType type, bool mayKeepFactor = true)
    {
        int rows = parts[0].Rows, columns = parts[0].Columns;
        long[] shape = stacked ? [parts.Length, rows, columns] : [rows, columns];
        // F16 holds what a block of another width does not.
        if (columns % type.BlockElements() != 0) type = TensorType.F16;
        if (type == TensorType.NVFP4 && mayKeepFactor && parts.All(IsModelOpt))
        {
            yield return new TensorContent(name, type, shape, stream =>
            {
                foreach (var part in parts) NVFP4Repack.Write(part, stream);
            });
            yield return TensorContent.FromSingles(name.EndsWith(".weight", StringComparison.Ordinal) ? name[..^".weight".Length] + ".scale" : name + ".scale", TensorType.F32, [parts.Length], parts.Select(p => p.Scale).ToArray());
            yield break;
        }
        yield return new TensorContent(name, type, shape, stream =>
        {
            var (values, bytes) = (new float[columns], new byte[type.Bytes(columns)]);
            foreach (var part in parts)
                for (var row = 0; row < rows; row++)
                {
                    part.CopyRow(row, values);
                    BlockEncoder.Encode(type, values, bytes);
                    stream.Write(bytes);
                }
        });
    }

    private static unsafe bool IsModelOpt(WeightMatrix matrix) => matrix.BlockScales is not null;

    private static WeightMatrix[] Stack(Checkpoint source, string stack)
    {
        var dot = stack.LastIndexOf('.');
        var result = new List<WeightMatrix>();
        for (var e = 0; source.Tensors.TryGetValue(Member(e), out var tensor); e++) result.Add(Matrix(source, Member(e), tensor));
        return [.. result];

        string Member(int expert) => $"{stack[..dot]}.{expert}{stack[dot..]}.weight";
    }

    // Two packed weights a byte are two columns.
    private static WeightMatrix Matrix(Checkpoint source, string vendor, Tensor tensor) => tensor.Shape.Length != 2
        ? throw tensor.Unexpected("two dimensions")
        : MatrixReader.Read(source.Tensors, source.Path, vendor, checked((int)tensor.Shape[0]), checked((int)(tensor.Shape[1] * (tensor.Type == TensorType.U8 ? 2 : 1))));

    // …experts.N.up_proj.weight is matrix N of the stack …experts.up_proj.
    private static (string Stack, int Number)? ExpertOf(string vendor)
    {
        const string experts = ".experts.";
        var at = vendor.IndexOf(experts, StringComparison.Ordinal);
        if (at < 0 || !vendor.EndsWith(".weight", StringComparison.Ordinal)) return null;
        var rest = vendor[(at + experts.Length)..^".weight".Length].Split('.');
        return rest.Length == 2 && int.TryParse(rest[0], out var number) ? ($"{vendor[..at]}{experts}{rest[1]}", number) : null;
    }

    private static string Named(Checkpoint source, string vendor, Tensor tensor) =>
        GgufNames.ToGguf(vendor, source.Config.Layers.Length) ?? throw new InvalidDataException($"{tensor.File}: tensor '{vendor}': found a name that GGUF has no place for");
}
