namespace NemotronSharp.Checkpoints;

/// <summary>Which of a checkpoint's tensors the model reads, under which of their spellings, and which it misses.</summary>
internal sealed record TensorUse(IReadOnlySet<string> Read, IReadOnlyList<string> Missing, IReadOnlyList<KeyValueScales> Scales)
{
    private const string KeyProjection = ".k_proj.weight";

    public static TensorUse Of(Checkpoint checkpoint)
    {
        var tensors = checkpoint.Tensors;
        var (read, missing, scales) = (new HashSet<string>(StringComparer.Ordinal), new List<string>(), new List<KeyValueScales>());
        foreach (var (name, _) in CheckpointLayout.Tensors(checkpoint.Config))
        {
            // The head may have been left out: the model does without.
            if (!checkpoint.HasMtp && name.StartsWith("mtp.", StringComparison.Ordinal)) continue;
            if (Spellings(name).FirstOrDefault(tensors.ContainsKey) is { } stored) read.Add(stored);
            else missing.Add(name);
            if (!name.EndsWith(KeyProjection, StringComparison.Ordinal) || KeyValueScales.Read(tensors, name[..^KeyProjection.Length]) is not { } found) continue;
            scales.Add(found);
            var (key, value) = KeyValueScales.Names(found.Mixer);
            read.UnionWith([key, value]);
        }
        return new TensorUse(read, missing, scales);
    }

    // In the order in which the model looks for them.
    private static IEnumerable<string> Spellings(string name)
    {
        const string logarithm = ".A_log";
        if (name.EndsWith(logarithm, StringComparison.Ordinal)) yield return name[..^logarithm.Length] + GgufNames.Decay;
        if (TensorNames.Merged(name) is { } merged) yield return merged.Stack;
        yield return name;
    }
}
