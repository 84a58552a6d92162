using System.Globalization;

namespace NemotronSharp.Checkpoints;

/// <summary>What a GGUF file says of itself, for a reader.</summary>
internal static class GgufFacts
{
    private const string FileType = "general.file_type";
    private static readonly string[] Keys = ["general.architecture", "general.name", FileType, "general.quantization_version", "tokenizer.ggml.model", "tokenizer.ggml.pre"];

    // llama.cpp's numbers: what most of the matrices are.
    private static readonly Dictionary<string, string> FileTypes = new(StringComparer.Ordinal)
    {
        ["0"] = "F32",
        ["1"] = "F16",
        ["2"] = "Q4_0",
        ["3"] = "Q4_1",
        ["7"] = "Q8_0",
        ["8"] = "Q5_0",
        ["9"] = "Q5_1",
        ["10"] = "Q2_K",
        ["11"] = "Q3_K, small",
        ["12"] = "Q3_K, medium",
        ["13"] = "Q3_K, large",
        ["14"] = "Q4_K, small",
        ["15"] = "Q4_K, medium",
        ["16"] = "Q5_K, small",
        ["17"] = "Q5_K, medium",
        ["18"] = "Q6_K",
        ["21"] = "Q2_K, small",
        ["25"] = "IQ4_NL",
        ["30"] = "IQ4_XS",
        ["32"] = "BF16",
        ["38"] = "MXFP4",
        ["39"] = "NVFP4",
    };

    public static List<(string Key, string Value)> Of(GgufMetadata metadata) => [.. Keys.Where(metadata.Has).Select(key => (key, Show(key, metadata.Values[key])))];

    private static string Show(string key, GgufValue value)
    {
        var text = value.Value as string ?? Convert.ToString(value.Value, CultureInfo.InvariantCulture)!;
        return key == FileType && FileTypes.TryGetValue(text, out var name) ? $"{text} (mostly {name})" : text;
    }
}
