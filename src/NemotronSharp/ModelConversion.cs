using NemotronSharp.Checkpoints;
using NemotronSharp.Configuration;
using NemotronSharp.Numerics;

namespace NemotronSharp;

/// <summary>Formats that models are written in.</summary>
public enum ModelFormat
{
    /// <summary>A folder with config.json and safetensors; NVFP4 and FP8 as ModelOpt lays them out.</summary>
    HuggingFace,

    /// <summary>One GGUF file.</summary>
    Gguf,
}

/// <summary>Models from one format or type into another, and models of random weights. What is written appears under its name when it is complete.</summary>
public static class ModelConversion
{
    /// <summary>Types that matrices can be written in.</summary>
    public static IReadOnlyList<TensorType> WritableTypes => BlockEncoder.Types;

    /// <summary>Those that GGUF has.</summary>
    public static IReadOnlyList<TensorType> GgufTypes { get; } = [.. WritableTypes.Where(t => t != TensorType.F8E4M3)];

    /// <summary>Those that Hugging Face folders have.</summary>
    public static IReadOnlyList<TensorType> HuggingFaceTypes { get; } = [.. WritableTypes.Where(t => t is not (TensorType.Q8_0 or TensorType.Q4_0))];

    /// <summary>
    /// Writes a Hugging Face folder or GGUF file in either format, with tokenizer and chat template. Matrices whose type stays keep every bit, NVFP4 also from
    /// one format's layout into the other's; the others are decoded and encoded again. Types that a format does not have become BF16.
    /// Norms, convolutions and routers stay float.
    /// </summary>
    /// <param name="source">The folder or file.</param>
    /// <param name="target">The folder or file to write.</param>
    /// <param name="format">Its format.</param>
    /// <param name="recipe">Types of the matrices.</param>
    /// <param name="progress">Is told how far the writing is.</param>
    /// <param name="cancellation">Ends it; nothing of the target is left then.</param>
    /// <returns>What the matrices became.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder or file.</exception>
    /// <exception cref="InvalidDataException">A file is missing or malformed, or the recipe asks for a type that the format does not have; the message names it.</exception>
    /// <exception cref="ArgumentException">Source and target are the same, or the target is a folder with something else in it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static WrittenTypes Convert(string source, string target, ModelFormat format, QuantizationRecipe recipe, IProgress<WriteProgress>? progress = null, CancellationToken cancellation = default)
    {
        using var checkpoint = Checkpoint.Open(source);
        if (Path.GetFullPath(target) == Path.GetFullPath(source)) throw new ArgumentException($"{target}: found the source itself, expected another place", nameof(target));
        var (values, watch) = (new CheckpointValues(checkpoint), new WriteWatch(progress, cancellation));
        if (format == ModelFormat.Gguf)
        {
            var text = checkpoint is GgufCheckpoint other ? GgufText.Copy(other.Metadata) : GgufText.Of(source, checkpoint.Config);
            return GgufExport.Write(values, target, Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(source)), recipe, text, watch);
        }
        return IntoFolder(target, folder =>
        {
            if (checkpoint is GgufCheckpoint gguf) FolderText.Write(gguf.Metadata, checkpoint.Config, folder);
            else FolderText.Copy(source, folder);
            return HuggingFaceExport.Write(values, folder, recipe, watch);
        });
    }

    /// <summary>Writes a model of random weights: a pure function of shape, types and seed, whose outputs are finite. Memory is one matrix at a time.</summary>
    /// <param name="shape">The shape, e.g. one of <see cref="Configuration.NemotronPresets"/>.</param>
    /// <param name="seed">Another seed, other weights.</param>
    /// <param name="target">The folder or file to write.</param>
    /// <param name="format">Its format.</param>
    /// <param name="recipe">Types of the matrices.</param>
    /// <param name="text">A model whose tokenizer and chat template to add; none if null, and the model is then for token ids alone.</param>
    /// <param name="progress">Is told how far the writing is.</param>
    /// <param name="cancellation">Ends it; nothing of the target is left then.</param>
    /// <returns>What the matrices became.</returns>
    /// <exception cref="InvalidDataException">Sizes of the shape contradict each other, the recipe asks for a type that the format does not have, or the tokenizer does not fit; the message names it.</exception>
    /// <exception cref="ArgumentException">The target is a folder with something else in it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static WrittenTypes Initialize(NemotronConfig shape, ulong seed, string target, ModelFormat format, QuantizationRecipe recipe, string? text = null, IProgress<WriteProgress>? progress = null, CancellationToken cancellation = default)
    {
        ConfigValidation.Check(shape, "the shape");
        var (values, watch) = (new RandomValues(shape, seed), new WriteWatch(progress, cancellation));
        if (format == ModelFormat.Gguf)
            return GgufExport.Write(values, target, Path.GetFileNameWithoutExtension(target), recipe, text is null ? GgufText.None : GgufText.Of(text, shape), watch);
        return IntoFolder(target, folder =>
        {
            if (text is not null) FolderText.Copy(text, folder);
            return HuggingFaceExport.Write(values, folder, recipe, watch);
        });
    }

    private static WrittenTypes IntoFolder(string target, Func<string, WrittenTypes> write)
    {
        target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
        if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any() && !File.Exists(Path.Combine(target, "config.json")))
            throw new ArgumentException($"{target}: found a folder that is no model's, expected a new one, an empty one, or a model to replace", nameof(target));
        var unfinished = target + ".part";
        if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
        Directory.CreateDirectory(unfinished);
        try
        {
            var written = write(unfinished);
            if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
            Directory.Move(unfinished, target);
            return written;
        }
        catch
        {
            Directory.Delete(unfinished, recursive: true);
            throw;
        }
    }
}
