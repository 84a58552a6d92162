using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using NemotronSharp.Text;

namespace NemotronSharp.Training.Data;

/// <summary>A trained byte-level BPE: reserved tokens, then the 256 bytes in numeric order, then one token per merge.</summary>
/// <param name="Reserved">The first ids: control tokens, never produced from plain text.</param>
/// <param name="Tokens">The bytes of every further token; its id is its index plus the number of reserved tokens.</param>
/// <param name="Merges">Pairs of ids in order of rank; merge m makes token 256 + m of <paramref name="Tokens"/>.</param>
internal sealed record BpeVocabulary(IReadOnlyList<string> Reserved, IReadOnlyList<byte[]> Tokens, IReadOnlyList<(int Left, int Right)> Merges)
{
    private static readonly JsonWriterOptions _json = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    /// <summary>The control tokens of Nemotron 3 at their real ids 0 to 17, then <c>&lt;SPECIAL_18&gt;</c> to <c>&lt;SPECIAL_31&gt;</c>.</summary>
    public static IReadOnlyList<string> FamilyTokens { get; } =
    [
        "<unk>", "<s>", "</s>", "[INST]", "[/INST]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[TOOL_RESULTS]", "[/TOOL_RESULTS]", "[TOOL_CALLS]",
        "<|im_start|>", "<|im_end|>", "<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>",
        .. Enumerable.Range(18, 14).Select(i => $"<SPECIAL_{i}>"),
    ];

    /// <summary>Number of ids.</summary>
    public int Size => Reserved.Count + Tokens.Count;

    /// <summary>Writes <c>tokenizer.json</c> (Hugging Face, BPE with merges) and <c>tokenizer_config.json</c> into the folder.</summary>
    public void Save(string folder)
    {
        using (var stream = File.Create(Path.Combine(folder, "tokenizer.json")))
        using (var json = new Utf8JsonWriter(stream, _json))
            WriteTokenizer(json);
        using (var stream = File.Create(Path.Combine(folder, "tokenizer_config.json")))
        using (var json = new Utf8JsonWriter(stream, _json))
        {
            json.WriteStartObject();
            json.WriteString("tokenizer_class", "PreTrainedTokenizerFast");
            json.WriteBoolean("add_bos_token", false);
            json.WriteBoolean("add_eos_token", false);
            json.WriteString("bos_token", "<s>");
            json.WriteString("eos_token", "<|im_end|>");
            json.WriteString("pad_token", "<|im_end|>");
            json.WriteString("unk_token", "<unk>");
            json.WriteBoolean("clean_up_tokenization_spaces", false);
            json.WriteEndObject();
        }
    }

    private void WriteTokenizer(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        json.WriteStartArray("added_tokens");
        for (int id = 0; id < Reserved.Count; id++)
        {
            json.WriteStartObject();
            json.WriteNumber("id", id);
            json.WriteString("content", Reserved[id]);
            json.WriteBoolean("single_word", false);
            json.WriteBoolean("lstrip", false);
            json.WriteBoolean("rstrip", false);
            json.WriteBoolean("normalized", false);
            json.WriteBoolean("special", id is < 12 or > 17); // thinking and tool tags stay visible when control tokens are skipped in decoding
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNull("normalizer");
        json.WriteStartObject("pre_tokenizer");
        json.WriteString("type", "Sequence");
        json.WriteStartArray("pretokenizers");
        json.WriteStartObject();
        json.WriteString("type", "Split");
        json.WriteStartObject("pattern");
        json.WriteString("Regex", PreTokenizer.Pattern);
        json.WriteEndObject();
        json.WriteString("behavior", "Isolated");
        json.WriteBoolean("invert", false);
        json.WriteEndObject();
        WriteByteLevel(json, null);
        json.WriteEndArray();
        json.WriteEndObject();
        WriteByteLevel(json, "post_processor");
        WriteByteLevel(json, "decoder");
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        json.WriteNull("unk_token");
        json.WriteNull("continuing_subword_prefix");
        json.WriteNull("end_of_word_suffix");
        json.WriteBoolean("fuse_unk", false);
        json.WriteBoolean("byte_fallback", false);
        json.WriteBoolean("ignore_merges", false);
        json.WriteStartObject("vocab");
        for (int id = 0; id < Reserved.Count; id++) json.WriteNumber(Reserved[id], id);
        for (int t = 0; t < Tokens.Count; t++) json.WriteNumber(Spell(Tokens[t]), Reserved.Count + t);
        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach (var (left, right) in Merges)
            json.WriteStringValue($"{Spell(Tokens[left - Reserved.Count])} {Spell(Tokens[right - Reserved.Count])}");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteByteLevel(Utf8JsonWriter json, string? property)
    {
        if (property is null) json.WriteStartObject();
        else json.WriteStartObject(property);
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", false);
        json.WriteEndObject();
    }

    // GPT-2's byte alphabet: printable Latin-1 bytes stand for themselves, the others for U+0100 onwards.
    private static string Spell(byte[] token)
    {
        var text = new StringBuilder(token.Length);
        foreach (byte b in token) text.Append(_alphabet[b]);
        return text.ToString();
    }

    private static readonly char[] _alphabet = MakeAlphabet();

    private static char[] MakeAlphabet()
    {
        var alphabet = new char[256];
        char next = (char)256;
        for (int b = 0; b < 256; b++)
            alphabet[b] = b is >= 33 and <= 126 or >= 161 and <= 172 or >= 174 ? (char)b : next++;
        return alphabet;
    }
}
