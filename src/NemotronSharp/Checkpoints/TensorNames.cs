namespace NemotronSharp.Checkpoints;

/// <summary>The one name map of Hugging Face checkpoints: every spelling in circulation to the vendor's <c>backbone.*</c>.</summary>
internal static class TensorNames
{
    /// <summary>The vendor's name of a tensor; names of no known spelling come back unchanged.</summary>
    public static string Canonical(string name)
    {
        // Vision-language wrappers put the whole model under one more prefix.
        name = Strip(name, "language_model.");
        if (name.StartsWith("model.", StringComparison.Ordinal)) name = "backbone." + name[6..];
        if (name.StartsWith("backbone.language_model.", StringComparison.Ordinal)) name = "backbone." + name[24..];
        return name == "backbone.embedding.weight" ? "backbone.embeddings.weight" : name;
    }

    private static string Strip(string name, string prefix) => name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
}
