using NemotronSharp.Checkpoints;
using NemotronSharp.Numerics;

namespace NemotronSharp;

/// <summary>Models from one format into another.</summary>
public static class ModelConversion
{
    /// <summary>Types that matrices can be written in.</summary>
    public static IReadOnlyList<TensorType> WritableTypes => BlockEncoder.Types;

    /// <summary>
    /// Writes a Hugging Face folder or GGUF file as a GGUF file with tokenizer and chat template. ModelOpt's NVFP4 stays bit for bit what it is where
    /// NVFP4 is asked for; everything else is decoded and encoded again.
    /// </summary>
    /// <param name="source">The folder or file.</param>
    /// <param name="target">The file; appears when it is complete.</param>
    /// <param name="type">Type of the matrices, one of <see cref="WritableTypes"/>. Rows that do not fit its blocks become F16; norms, convolutions and routers stay F32.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder or file.</exception>
    /// <exception cref="InvalidDataException">A file is missing or malformed; the message names it.</exception>
    public static void ToGguf(string source, string target, TensorType type)
    {
        if (!WritableTypes.Contains(type)) throw new ArgumentException($"found type {type}, expected {string.Join(", ", WritableTypes)}", nameof(type));
        using var checkpoint = Checkpoint.Open(source);
        if (Path.GetFullPath(target) == Path.GetFullPath(source)) throw new ArgumentException($"{target}: found the source itself, expected another file", nameof(target));
        var text = checkpoint is GgufCheckpoint gguf ? GgufText.Copy(gguf.Metadata) : GgufText.Of(source, checkpoint.Config);
        GgufExport.Write(checkpoint, target, Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(source)), type, text);
    }
}
