using System.Text.Json;
using System.Text.Json.Nodes;
using NemotronSharp.Checkpoints;
using NemotronSharp.Generation;
using NemotronSharp.Text;

namespace NemotronSharp;

/// <summary>The files of a Hugging Face folder beside shape and weights: tokenizer, chat template, sampling.</summary>
internal static class FolderText
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly string[] Files = ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja", "generation_config.json"];

    /// <summary>Copies what another folder has of them.</summary>
    public static void Copy(string source, string target)
    {
        foreach (var file in Files)
            if (File.Exists(Path.Combine(source, file))) File.Copy(Path.Combine(source, file), Path.Combine(target, file));
    }

    /// <summary>Writes what GGUF metadata says.</summary>
    /// <exception cref="InvalidDataException">The tokenizer is malformed or of another family.</exception>
    public static void Write(GgufMetadata metadata, NemotronConfig config, string target)
    {
        if (GgufText.HasTokenizer(metadata))
        {
            using (var stream = File.Create(Path.Combine(target, "tokenizer.json"))) TokenizerJsonWriter.Write(stream, GgufText.Tokenizer(metadata));
            var facts = new JsonObject { ["tokenizer_class"] = "PreTrainedTokenizerFast", ["add_bos_token"] = false, ["add_eos_token"] = false, ["clean_up_tokenization_spaces"] = false };
            foreach (var (field, token) in GgufText.SpecialTokens(metadata)) facts[field] = token;
            Save(target, "tokenizer_config.json", facts);
        }
        if (GgufText.TemplateText(metadata) is { } template) File.WriteAllText(Path.Combine(target, "chat_template.jinja"), template);
        var defaults = GgufText.Defaults(metadata, config);
        Save(target, "generation_config.json", new JsonObject
        {
            ["bos_token_id"] = config.BosTokenId,
            ["do_sample"] = defaults.Sampling != SamplingOptions.Greedy,
            ["eos_token_id"] = new JsonArray([.. defaults.StopIds.Select(id => (JsonNode)id)]),
            ["pad_token_id"] = config.PadTokenId,
        });
    }

    private static void Save(string folder, string file, JsonObject json) => File.WriteAllText(Path.Combine(folder, file), json.ToJsonString(Indented) + "\n");
}
