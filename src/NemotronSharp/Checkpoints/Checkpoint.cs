namespace NemotronSharp.Checkpoints;

/// <summary>A model on disk, whatever its format: its shape, and its tensors under the vendor's names. Owns the mapped files; readable from any thread until disposed.</summary>
public abstract class Checkpoint : IDisposable
{
    private protected Checkpoint(string path, NemotronConfig config) => (Path, Config) = (path, config);

    /// <summary>The folder, or the (first) file.</summary>
    public string Path { get; }

    /// <summary>The model's shape.</summary>
    public NemotronConfig Config { get; }

    /// <summary>All tensors under the vendor's names (<c>backbone.layers.0.mixer.in_proj.weight</c>), whatever spelling the files use.</summary>
    public abstract IReadOnlyDictionary<string, Tensor> Tensors { get; }

    /// <summary>Whether the weights of the multi-token-prediction head are there; a model does without them, whatever its shape says.</summary>
    public bool HasMtp => Config.MtpDepth > 0 && Tensors.ContainsKey("mtp.layers.0.eh_proj.weight");

    /// <summary>What the files are, for a reader: <c>Hugging Face folder</c>, <c>GGUF version 3</c>.</summary>
    public abstract string Format { get; }

    /// <summary>Paths of the files that hold its tensors, in order.</summary>
    public abstract IReadOnlyList<string> Files { get; }

    /// <summary>Whether a path is a GGUF file or a folder with weights; a config.json, or a folder that only describes a model, is not.</summary>
    public static bool HasWeights(string path) => GgufFile.IsGguf(path) || HuggingFaceFolder.HasWeights(path);

    /// <summary>Opens a Hugging Face folder or a GGUF file; weights are mapped, not read.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder or file.</exception>
    /// <exception cref="InvalidDataException">A file is missing or malformed; the message names it.</exception>
    public static Checkpoint Open(string path) => System.IO.File.Exists(path) ? GgufCheckpoint.Open(path) : HuggingFaceFolder.Open(path);

    /// <summary>Unmaps the weights.</summary>
    public abstract void Dispose();
}
