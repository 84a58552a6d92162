using NemotronSharp.Checkpoints;
using NemotronSharp.Configuration;
using NemotronSharp.Numerics;

namespace NemotronSharp.Conformance.Tests;

/// <summary>Small random models as GGUF files that llama.cpp opens, made by this project's own exporter.</summary>
internal static class GgufModels
{
    private static readonly QuantizationRecipe Float32 = QuantizationRecipe.Uniform(TensorType.F32);

    /// <summary>Writes a float32 file.</summary>
    public static void Write(string path, NemotronConfig config, IReadOnlyList<TensorContent> tensors)
    {
        var folder = path + ".folder";
        HuggingFaceFolder.Write(folder, config, tensors);
        using (var source = HuggingFaceFolder.Open(folder)) GgufExport.Write(new CheckpointValues(source), path, "tiny", Float32, GgufText.None);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Writes a float32 file of random weights, also in shapes that config.json has no fields for.</summary>
    public static void Write(string path, NemotronConfig config, ulong seed) => GgufExport.Write(new RandomValues(config, seed), path, "tiny", Float32, GgufText.None);

    /// <summary>Writes a Hugging Face folder as a float32 file.</summary>
    public static void Convert(string folder, string path) => ModelConversion.Convert(folder, path, ModelFormat.Gguf, Float32);

    /// <summary>Writes a file with the tokenizer of a tokenizer.json and nothing else.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tokenizerJson">The tokenizer.</param>
    /// <param name="pieces">Name in llama.cpp of the way to cut text into pieces.</param>
    public static void WriteVocabulary(string path, string tokenizerJson, string pieces)
    {
        var folder = Directory.CreateDirectory(path + ".folder").FullName;
        File.Copy(tokenizerJson, Path.Combine(folder, "tokenizer.json"));
        File.WriteAllText(Path.Combine(folder, "chat_template.jinja"), "");
        var config = NemotronPresets.Get("nano-30b-a3b");
        const string key = "tokenizer.ggml.pre";
        GgufWriter.Write(path, [.. GgufConfig.Write(config, "vocabulary"), .. GgufText.Of(folder, config).Where(m => m.Key != key), new(key, GgufValue.Of(pieces))], []);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>
    /// The same function in another shape: tensors of the original where it has them, zeros elsewhere, so that layers, experts and biases that only the twin has
    /// add nothing.
    /// </summary>
    /// <param name="original">Tensors under the vendor's names.</param>
    /// <param name="twin">The other shape.</param>
    /// <param name="nameInOriginal">Where a tensor of the twin comes from.</param>
    public static List<TensorContent> Twin(IReadOnlyList<TensorContent> original, NemotronConfig twin, Func<string, string> nameInOriginal)
    {
        var named = original.ToDictionary(t => t.Name);
        return [.. CheckpointLayout.Tensors(twin).Select(t => named.TryGetValue(nameInOriginal(t.Name), out var found) && found.Shape.SequenceEqual(t.Shape)
            ? found with { Name = t.Name }
            : TensorContent.FromSingles(t.Name, TensorType.F32, t.Shape, new float[t.Shape.Aggregate(1L, (a, b) => a * b)]))];
    }

    /// <summary>The same file with tensors replaced.</summary>
    public static void Rewrite(string source, string target, Func<Tensor, IEnumerable<TensorContent>> replace)
    {
        using var file = GgufFile.Open(source);
        GgufWriter.Write(target, [.. file.Metadata.Values], [.. file.Tensors.Values.SelectMany(replace)]);
    }

    /// <summary>Whether a tensor is one that files hold in block types.</summary>
    public static bool IsMatrix(Tensor tensor) => tensor.Shape.Length > 1 && !new[] { "ssm_conv1d", "ssm_norm", "ssm_a", "ssm_d", "ffn_gate_inp" }.Any(n => tensor.Name.Contains(n, StringComparison.Ordinal));
}
