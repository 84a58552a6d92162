namespace NemotronSharp.Checkpoints;

/// <summary>What a checkpoint's files hold, without reading a weight: which parts are stored how, what is missing, what the model has no use for.</summary>
public sealed record CheckpointSummary
{
    /// <summary>What the files are.</summary>
    public required string Format { get; init; }

    /// <summary>Names of the files with their sizes in bytes.</summary>
    public required IReadOnlyList<(string Name, long Bytes)> Files { get; init; }

    /// <summary>All tensors, companions with their matrices.</summary>
    public required IReadOnlyList<CheckpointEntry> Entries { get; init; }

    /// <summary>The vendor's names of tensors that the model needs and the files do not have.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>Scales for an FP8 cache, one entry a layer that ships them.</summary>
    public required IReadOnlyList<KeyValueScales> KeyValueScales { get; init; }

    /// <summary>What a Hugging Face folder says of its quantization.</summary>
    public required IReadOnlyList<DeclaredQuantization> Declared { get; init; }

    /// <summary>What a GGUF file says of itself: keys with their values.</summary>
    public required IReadOnlyList<(string Key, string Value)> Metadata { get; init; }

    /// <summary>Tensors that the model has no place for.</summary>
    public IEnumerable<CheckpointEntry> Unread => Entries.Where(e => e.Part == ModelPart.Unread);

    /// <summary>Contradictions between what the files say and what they hold.</summary>
    public IEnumerable<string> Warnings => Declared.Select(d => d.Contradiction(CountOf("NVFP4"), CountOf("FP8"))).OfType<string>();

    /// <summary>Looks at an open checkpoint.</summary>
    /// <exception cref="InvalidDataException">A cache scale or a statement on the quantization is malformed; the message names it.</exception>
    public static CheckpointSummary Of(Checkpoint checkpoint)
    {
        var use = TensorUse.Of(checkpoint);
        return new CheckpointSummary
        {
            Format = checkpoint.Format,
            Files = [.. checkpoint.Files.Select(f => (Path.GetFileName(f), new FileInfo(f).Length))],
            Entries = EntriesOf(checkpoint.Tensors, use.Read, checkpoint.Config),
            Missing = use.Missing,
            KeyValueScales = use.Scales,
            Declared = checkpoint is HuggingFaceFolder ? DeclaredQuantization.Read(checkpoint.Path) : [],
            Metadata = checkpoint is GgufCheckpoint gguf ? GgufFacts.Of(gguf.Metadata) : [],
        };
    }

    private static List<CheckpointEntry> EntriesOf(IReadOnlyDictionary<string, Tensor> tensors, IReadOnlySet<string> read, NemotronConfig config)
    {
        var companions = new Dictionary<string, List<Tensor>>(StringComparer.Ordinal);
        var alone = new List<string>();
        foreach (var (name, tensor) in tensors)
        {
            if (Companions.OwnerOf(tensors, name) is not { } owner) alone.Add(name);
            else if (companions.TryGetValue(owner, out var list)) list.Add(tensor);
            else companions[owner] = [tensor];
        }
        return [.. alone.Select(name =>
        {
            var (format, weights) = Companions.FormatOf(tensors, name, tensors[name]);
            return new CheckpointEntry(name, read.Contains(name) ? ModelParts.Of(name, config) : ModelPart.Unread, format, weights, [tensors[name], .. companions.GetValueOrDefault(name, [])]);
        })];
    }

    private int CountOf(string format) => Entries.Count(e => e.Format == format);
}
