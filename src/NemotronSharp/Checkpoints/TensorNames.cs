using System.Globalization;

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

    /// <summary>The merged tensor that an expert's matrix is a part of: <c>…experts.N.up_proj.weight</c> is matrix N of <c>…experts.up_proj</c>. Null for other names.</summary>
    public static (string Stack, int Expert)? Merged(string name)
    {
        const string experts = ".experts.";
        var at = name.IndexOf(experts, StringComparison.Ordinal);
        return at >= 0 && name[(at + experts.Length)..].Split('.') is [var number, var projection, "weight"] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var expert)
            ? ($"{name[..at]}{experts}{projection}", expert)
            : null;
    }

    private static string Strip(string name, string prefix) => name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
}
