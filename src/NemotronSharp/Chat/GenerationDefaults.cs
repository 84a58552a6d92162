using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using NemotronSharp.Generation;

namespace NemotronSharp;

/// <summary>What generation_config.json says of sampling and of the ids that end a turn; config.json stands in where it is silent.</summary>
internal sealed record GenerationDefaults(ImmutableArray<int> StopIds, SamplingOptions Sampling)
{
    public static GenerationDefaults Load(string folder, NemotronConfig config)
    {
        var path = Path.Combine(folder, "generation_config.json");
        if (!File.Exists(path)) return new GenerationDefaults(config.EosTokenIds, new SamplingOptions());
        try
        {
            if (JsonNode.Parse(File.ReadAllText(path)) is not JsonObject json) throw new InvalidDataException($"{path}: found no JSON object");
            var stop = json["eos_token_id"] switch
            {
                null => config.EosTokenIds,
                JsonArray list => [.. list.Select(item => item!.GetValue<int>())],
                var one => [one.GetValue<int>()],
            };
            // config.json of some revisions names one end only; either file's ids end a turn.
            return new GenerationDefaults([.. stop.Union(config.EosTokenIds)], ReadSampling(json, path));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    private static SamplingOptions ReadSampling(JsonObject json, string path)
    {
        // transformers samples only when do_sample says so.
        if (json["do_sample"]?.GetValue<bool>() is false) return SamplingOptions.Greedy;
        var sampling = new SamplingOptions
        {
            Temperature = json["temperature"]?.GetValue<float>() ?? 1f,
            TopP = json["top_p"]?.GetValue<float>() ?? 1f,
            TopK = json["top_k"]?.GetValue<int>() ?? 0,
        };
        try
        {
            return sampling.Validate();
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }
}
