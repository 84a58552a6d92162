using System.Collections.Immutable;
using NemotronSharp.Configuration;
using NemotronSharp.Generation;

namespace NemotronSharp;

/// <summary>What generation_config.json says of sampling and of the ids that end a turn; config.json stands in where it is silent.</summary>
internal sealed record GenerationDefaults(ImmutableArray<int> StopIds, SamplingOptions Sampling)
{
    /// <exception cref="InvalidDataException">The file is malformed or a field out of range; the message names it.</exception>
    public static GenerationDefaults Load(string folder, NemotronConfig config)
    {
        var path = Path.Combine(folder, "generation_config.json");
        if (!File.Exists(path)) return new GenerationDefaults(config.EosTokenIds, new SamplingOptions());
        using var document = JsonText.ParseDocument(PythonJson.QuoteNonFinite(File.ReadAllText(path)), path);
        var fields = ConfigFields.Of(document, path);
        // config.json of some revisions names one end only; either file's ids end a turn.
        return new GenerationDefaults([.. fields.TokenIds("eos_token_id", config.EosTokenIds).Union(config.EosTokenIds)], ReadSampling(fields, path));
    }

    private static SamplingOptions ReadSampling(ConfigFields fields, string path)
    {
        // transformers samples only when do_sample says so.
        if (!fields.Flag(true, "do_sample")) return SamplingOptions.Greedy;
        var sampling = new SamplingOptions
        {
            Temperature = fields.Number(1f, float.NegativeInfinity, "temperature"),
            TopP = fields.Number(1f, float.NegativeInfinity, "top_p"),
            TopK = fields.Size(0, 0, "top_k"),
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
