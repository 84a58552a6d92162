using System.Text.Json.Nodes;
using NemotronSharp.Checkpoints;
using NemotronSharp.Cli.Writing;

namespace NemotronSharp.Cli;

/// <summary>What a model's files hold, as JSON.</summary>
internal static class CheckpointJson
{
    public static JsonObject Of(CheckpointSummary summary) => new()
    {
        ["format"] = summary.Format,
        ["files"] = Array(summary.Files, f => new JsonObject { ["name"] = f.Name, ["bytes"] = f.Bytes }),
        ["types"] = Array(summary.Entries.GroupBy(e => e.Format).OrderByDescending(g => g.Sum(e => e.Bytes)), g => Sums(new JsonObject { ["type"] = g.Key }, g)),
        ["parts"] = Array(summary.Entries.GroupBy(e => e.Part).OrderBy(g => g.Key), Part),
        ["metadata"] = new JsonObject(summary.Metadata.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)m.Value))),
        ["declared_quantization"] = Array(summary.Declared, d => new JsonObject { ["file"] = d.File, ["producer"] = d.Producer, ["quant_algo"] = d.Algorithm, ["kv_cache_quant_algo"] = d.KeyValueAlgorithm }),
        ["key_value_scales"] = Array(summary.KeyValueScales, s => new JsonObject { ["mixer"] = s.Mixer, ["key"] = s.Key, ["value"] = s.Value }),
        ["missing"] = Array(summary.Missing, name => JsonValue.Create(name)),
        ["unread"] = Array(summary.Unread, e => JsonValue.Create(e.Tensors[0].Name)),
        ["warnings"] = Array(summary.Warnings, warning => JsonValue.Create(warning)),
    };

    /// <summary>Every tensor as it lies in its file.</summary>
    public static JsonArray Tensors(Checkpoint checkpoint) => Array(checkpoint.Tensors, t => new JsonObject
    {
        ["name"] = t.Value.Name,
        ["vendor_name"] = t.Key,
        ["type"] = t.Value.Type.ToString(),
        ["shape"] = Array(t.Value.Shape, size => JsonValue.Create(size)),
        ["bytes"] = t.Value.ByteLength,
        ["file"] = Path.GetFileName(t.Value.File),
    });

    private static JsonNode Part(IGrouping<ModelPart, CheckpointEntry> part)
    {
        var json = Sums(new JsonObject { ["part"] = ModelPartNames.Of(part.Key) }, part);
        json["types"] = new JsonObject(part.GroupBy(e => e.Format).Select(g => KeyValuePair.Create(g.Key, (JsonNode?)g.Count())));
        return json;
    }

    private static JsonObject Sums(JsonObject json, IEnumerable<CheckpointEntry> entries)
    {
        var list = entries.ToList();
        json["tensors"] = list.Count;
        json["weights"] = list.Sum(e => e.Weights);
        json["bytes"] = list.Sum(e => e.Bytes);
        return json;
    }

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode?> node) => new([.. items.Select(node)]);
}
