namespace NemotronSharp.Checkpoints;

/// <summary>Which of a checkpoint's tensors the model reads, under which of their spellings, and which it misses.</summary>
internal sealed record TensorUse(IReadOnlySet<string> Read, IReadOnlyList<string> Missing, IReadOnlyList<KeyValueScales> Scales)
{
    private const string KeyProjection = ".k_proj.weight";

    public static TensorUse Of(Checkpoint checkpoint)
    {
        var (tensors, hasMtp) = (checkpoint.Tensors, checkpoint.Tensors.ContainsKey("mtp.layers.0.eh_proj.weight"));
        var (read, missing, scales) = (new HashSet<string>(StringComparer.Ordinal), new List<string>(), new List<KeyValueScales>());
        foreach (var (name, _) in CheckpointLayout.Tensors(checkpoint.Config))
        {
            // The head may have been left out: the model does without.
            if (!hasMtp && name.StartsWith("mtp.", StringComparison.Ordinal)) continue;
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
        const string logarithm = ".A_log", experts = ".experts.", weight = ".weight";
        if (name.EndsWith(logarithm, StringComparison.Ordinal)) yield return name[..^logarithm.Length] + GgufNames.Decay;
        if (name.IndexOf(experts, StringComparison.Ordinal) is > 0 and var at)
        {
            var number = at + experts.Length;
            yield return string.Concat(name.AsSpan(0, number), name.AsSpan(name.IndexOf('.', number) + 1, name.Length - name.IndexOf('.', number) - 1 - weight.Length));
        }
        yield return name;
    }
}
