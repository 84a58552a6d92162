using System.Text.Json;
using System.Text.Json.Nodes;
using NemotronSharp.Numerics;

namespace NemotronSharp.Checkpoints;

/// <summary>ModelOpt's metadata of a quantized folder: which modules have which algorithm.</summary>
/// <param name="cacheAlgorithm">What was meant for the key/value cache; null if nothing was.</param>
internal sealed class QuantizedModules(string? cacheAlgorithm)
{
    private const int GroupSize = 16;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly SortedDictionary<string, string> _algorithms = new(StringComparer.Ordinal);
    private readonly List<string> _excluded = [];

    /// <param name="module">Name of a matrix without its ending.</param>
    /// <param name="type">What it is written as.</param>
    /// <param name="calibrated">Whether a scale of its activations stands beside it; NVFP4 without one is weight-only.</param>
    public void Add(string module, TensorType type, bool calibrated)
    {
        if (type == TensorType.NVFP4) _algorithms[module] = calibrated ? "NVFP4" : "W4A16_NVFP4";
        else if (type == TensorType.F8E4M3) _algorithms[module] = "FP8";
        else _excluded.Add(module);
    }

    /// <summary>Adds quantization_config to a config.json, and hf_quant_config.json to its folder; nothing if no module is quantized.</summary>
    public void Write(JsonObject config, string folder)
    {
        if (_algorithms.Count == 0) return;
        var uniform = _algorithms.Values.Distinct().Count() == 1;
        var algorithm = uniform ? _algorithms.Values.First() : "MIXED_PRECISION";
        JsonObject Facts(string excluded)
        {
            var facts = new JsonObject { ["quant_algo"] = algorithm, ["kv_cache_quant_algo"] = cacheAlgorithm, ["group_size"] = GroupSize, [excluded] = new JsonArray([.. _excluded.Select(m => (JsonNode)m)]) };
            if (!uniform) facts["quantized_layers"] = new JsonObject(_algorithms.Select(a => KeyValuePair.Create(a.Key, (JsonNode?)Layer(a.Value))));
            return facts;
        }
        var inConfig = Facts("ignore");
        inConfig["quant_method"] = "modelopt";
        config["quantization_config"] = inConfig;
        var alone = new JsonObject { ["producer"] = new JsonObject { ["name"] = "NemotronSharp", ["version"] = typeof(QuantizedModules).Assembly.GetName().Version!.ToString(3) }, ["quantization"] = Facts("exclude_modules") };
        File.WriteAllText(Path.Combine(folder, "hf_quant_config.json"), alone.ToJsonString(Indented) + "\n");
    }

    private static JsonObject Layer(string algorithm) =>
        algorithm == "FP8" ? new JsonObject { ["quant_algo"] = algorithm } : new JsonObject { ["quant_algo"] = algorithm, ["group_size"] = GroupSize };
}
