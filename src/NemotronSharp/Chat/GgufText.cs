using NemotronSharp.Checkpoints;
using NemotronSharp.Generation;
using NemotronSharp.Text;

namespace NemotronSharp;

/// <summary>Tokenizer, chat template and sampling defaults in GGUF metadata, read and written.</summary>
internal static class GgufText
{
    private const string Model = "tokenizer.ggml.model", Pre = "tokenizer.ggml.pre", Tokens = "tokenizer.ggml.tokens", Types = "tokenizer.ggml.token_type", Merges = "tokenizer.ggml.merges", TemplateKey = "tokenizer.chat_template";
    private const string Temperature = "general.sampling.temp";

    // Names in llama.cpp of ways to cut text into pieces. Published files say "pixtral", which v0.5.0 takes for Llama 3's pattern ("don'tthe" becomes "'t" and "the");
    // the family's own pattern is Tekken's.
    private const string FamilyPieces = "tekken", PublishedPieces = "pixtral";

    private static readonly (string Field, string Key)[] SpecialTokenKeys =
        [("bos_token", "tokenizer.ggml.bos_token_id"), ("eos_token", "tokenizer.ggml.eos_token_id"), ("unk_token", "tokenizer.ggml.unknown_token_id"), ("pad_token", "tokenizer.ggml.padding_token_id")];

    /// <exception cref="InvalidDataException">The file has no byte-level BPE of the family; the message names the key.</exception>
    public static TokenizerModel Tokenizer(GgufMetadata metadata)
    {
        if (metadata.Text(Model) is not "gpt2" and var model) throw metadata.Error(Model, $"\"{Excerpt.Of(model)}\"", "\"gpt2\", byte-level BPE");
        if (metadata.Text(Pre) is not (FamilyPieces or PublishedPieces) and var pre) throw metadata.Error(Pre, $"\"{Excerpt.Of(pre)}\"", $"\"{FamilyPieces}\" or \"{PublishedPieces}\", the family's");
        var tokens = metadata.Texts(Tokens);
        var types = metadata.PerLayer(Types, tokens.Length);
        return new TokenizerLists(tokens, types, metadata.Texts(Merges)).ToModel(metadata.Path);
    }

    /// <exception cref="InvalidDataException">The file has none.</exception>
    /// <exception cref="ChatTemplateException">It cannot be parsed.</exception>
    public static ChatTemplate Template(GgufMetadata metadata)
    {
        return ChatTemplate.Parse(metadata.Text(TemplateKey), $"{metadata.Path}: {TemplateKey}", specialTokens: SpecialTokens(metadata));
    }

    public static string? TemplateText(GgufMetadata metadata) => metadata.TextOrNull(TemplateKey);

    /// <summary>Whether the file has a tokenizer; a model of random weights may come without.</summary>
    public static bool HasTokenizer(GgufMetadata metadata) => metadata.Has(Tokens);

    /// <summary>Texts of the special tokens under their names in tokenizer_config.json.</summary>
    public static Dictionary<string, string> SpecialTokens(GgufMetadata metadata)
    {
        var tokens = metadata.Texts(Tokens);
        return SpecialTokenKeys.Where(t => metadata.Has(t.Key)).ToDictionary(t => t.Field, t => tokens[metadata.Whole(t.Key, 0, tokens.Length - 1)]);
    }

    /// <summary>What llama.cpp wants to read where there is no tokenizer.</summary>
    public static IEnumerable<KeyValuePair<string, GgufValue>> None { get; } = [new(Model, GgufValue.Of("none"))];

    public static GenerationDefaults Defaults(GgufMetadata metadata, NemotronConfig config) =>
        new(config.EosTokenIds, metadata.Has(Temperature) && metadata.Number(Temperature) == 0 ? SamplingOptions.Greedy : new SamplingOptions());

    // What a new file says for itself.
    private static readonly string[] Own = ["general.architecture", "general.quantization_version", "general.file_type", "general.alignment"];

    /// <summary>What another file says of text and sampling, and of its author, licence and name, as it is.</summary>
    public static IEnumerable<KeyValuePair<string, GgufValue>> Copy(GgufMetadata metadata) => metadata.Values.Where(m =>
        m.Key.StartsWith("tokenizer.", StringComparison.Ordinal) || (m.Key.StartsWith("general.", StringComparison.Ordinal) && !Own.Contains(m.Key)));

    /// <summary>Metadata of a Hugging Face folder's tokenizer, template and defaults.</summary>
    public static List<KeyValuePair<string, GgufValue>> Of(string folder, NemotronConfig config)
    {
        var file = Path.Combine(folder, "tokenizer.json");
        var lists = TokenizerLists.Of(TokenizerJson.Read(File.ReadAllBytes(file), file), config.VocabSize);
        var result = new List<KeyValuePair<string, GgufValue>>
        {
            new(Model, GgufValue.Of("gpt2")),
            new(Pre, GgufValue.Of(FamilyPieces)),
            new(Tokens, GgufValue.Of(lists.Tokens)),
            new(Types, GgufValue.Of(lists.Types)),
            new(Merges, GgufValue.Of(lists.Merges)),
            new("tokenizer.ggml.bos_token_id", GgufValue.Of((uint)config.BosTokenId)),
            new("tokenizer.ggml.padding_token_id", GgufValue.Of((uint)config.PadTokenId)),
            new("tokenizer.ggml.add_bos_token", GgufValue.Of(false)),
        };
        // The last of several is the one that ends a chat's turn; the first ends a document.
        if (config.EosTokenIds.Length > 0) result.Add(new("tokenizer.ggml.eos_token_id", GgufValue.Of((uint)config.EosTokenIds[^1])));
        if (config.EosTokenIds.Length > 1) result.Add(new("tokenizer.ggml.eot_token_id", GgufValue.Of((uint)config.EosTokenIds[0])));
        result.Add(new(TemplateKey, GgufValue.Of(ChatTemplateFile.Text(folder))));
        if (GenerationDefaults.Load(folder, config).Sampling == SamplingOptions.Greedy) result.Add(new(Temperature, GgufValue.Of(0f)));
        return result;
    }
}
