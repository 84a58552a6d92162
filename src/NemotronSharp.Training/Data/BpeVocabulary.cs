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
        using (var stream = File.Create(Path.Combine(folder, "tokenizer.json"))) TokenizerJsonWriter.Write(stream, Model());
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

    private TokenizerModel Model()
    {
        var vocabulary = Tokens.Select((token, i) => (Text: ByteAlphabet.Write(token), Id: Reserved.Count + i)).ToDictionary(t => t.Text, t => t.Id, StringComparer.Ordinal);
        // Thinking and tool tags stay visible when control tokens are skipped in decoding.
        var added = Reserved.Select((text, id) => new AddedToken(id, text, id is < 12 or > 17));
        return new TokenizerModel("tokenizer.json", vocabulary, [.. Merges.Select((m, i) => (m.Left, m.Right, Reserved.Count + 256 + i))], [.. added], IgnoreMerges: false);
    }
}
