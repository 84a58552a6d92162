using System.Text.Json.Nodes;
using NemotronSharp.Configuration;

namespace NemotronSharp.Checkpoints;

/// <summary>What a folder says of its own quantization. Nothing is decided by it: the tensors are read as what they are.</summary>
/// <param name="File">Name of the file that says it.</param>
/// <param name="Producer">The tool with its version; null if unsaid.</param>
/// <param name="Algorithm"><c>quant_algo</c>: NVFP4, FP8, MIXED_PRECISION …; null if unsaid.</param>
/// <param name="KeyValueAlgorithm">Of the key/value cache; null if unsaid.</param>
public sealed record DeclaredQuantization(string File, string? Producer, string? Algorithm, string? KeyValueAlgorithm)
{
    private const string OwnFile = "hf_quant_config.json", Config = "config.json", ConfigField = "quantization_config";

    /// <summary>What hf_quant_config.json and config.json's quantization_config say, as far as they are there.</summary>
    /// <exception cref="InvalidDataException">A file is not JSON or a field is of another kind; the message names it.</exception>
    internal static IReadOnlyList<DeclaredQuantization> Read(string folder)
    {
        var result = new List<DeclaredQuantization>();
        if (Parse(folder, OwnFile) is { } own)
        {
            var path = Path.Combine(folder, OwnFile);
            var quantization = Child(own, "quantization", path) ?? throw new InvalidDataException($"{path}: field 'quantization': found nothing, expected an object");
            result.Add(new(OwnFile, ProducerOf(own, path), Text(quantization, "quant_algo", path), Text(quantization, "kv_cache_quant_algo", path)));
        }
        var config = Path.Combine(folder, Config);
        if (Parse(folder, Config) is { } whole && Child(whole, ConfigField, config) is { } part)
            result.Add(new($"{Config}, {ConfigField}", ProducerOf(part, config), Text(part, "quant_algo", config), Text(part, "kv_cache_quant_algo", config) ?? Scheme(part, config)));
        return result;
    }

    /// <summary>Where it contradicts the tensors; null where it does not.</summary>
    /// <param name="nvfp4">NVFP4 matrices found.</param>
    /// <param name="fp8">FP8 matrices found.</param>
    internal string? Contradiction(int nvfp4, int fp8)
    {
        var fits = Algorithm switch
        {
            null => nvfp4 + fp8 == 0,
            "MIXED_PRECISION" => nvfp4 + fp8 > 0,
            "NVFP4" or "W4A16_NVFP4" => nvfp4 > 0 && fp8 == 0,
            "FP8" => fp8 > 0 && nvfp4 == 0,
            _ => false,
        };
        return fits ? null : $"{File}: found quant_algo {Algorithm ?? "null"}, but the tensors make {nvfp4} NVFP4 and {fp8} FP8 matrices; they are read as what they are";
    }

    private static JsonObject? Parse(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        if (!System.IO.File.Exists(path)) return null;
        return JsonText.Parse(PythonJson.QuoteNonFinite(System.IO.File.ReadAllText(path)), path) as JsonObject ?? throw new InvalidDataException($"{path}: found another kind of JSON, expected an object");
    }

    private static string? ProducerOf(JsonObject json, string path) =>
        Child(json, "producer", path) is { } producer ? string.Join(' ', new[] { Text(producer, "name", path), Text(producer, "version", path) }.OfType<string>()) : null;

    // config.json describes the cache's numbers instead of naming an algorithm.
    private static string? Scheme(JsonObject json, string path) => Child(json, "kv_cache_scheme", path) switch
    {
        null => null,
        var scheme when scheme["num_bits"]?.ToJsonString() == "8" && scheme["type"]?.ToJsonString() == "\"float\"" => "FP8",
        var scheme => scheme.ToJsonString(),
    };

    private static JsonObject? Child(JsonObject json, string field, string path) => json[field] switch
    {
        null => null,
        JsonObject child => child,
        var other => throw Error(path, field, other, "an object"),
    };

    private static string? Text(JsonObject json, string field, string path) => json[field] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        var other => throw Error(path, field, other, "a text or null"),
    };

    private static InvalidDataException Error(string path, string field, JsonNode found, string expected) =>
        new($"{path}: field '{field}': found {Excerpt.Of(found.ToJsonString())}, expected {expected}");
}
