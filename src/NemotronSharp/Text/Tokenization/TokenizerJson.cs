using System.Text;
using System.Text.Json;
using NemotronSharp.Configuration;

namespace NemotronSharp.Text;

/// <summary>
/// Reads Hugging Face's tokenizer.json for byte-level BPE as the family uses it; a file that says anything else is refused, so that
/// no text is ever encoded by rules the file does not state. Settings of a call (truncation, padding, post_processor) are not read.
/// </summary>
internal static class TokenizerJson
{
    public static TokenizerModel Read(ReadOnlySpan<byte> utf8, string source)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8);
            var model = ReadTop(ref reader, source);
            reader.Read();
            return model;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException is what the reader throws for strings that are no valid UTF-8 or UTF-16.
            throw JsonText.NotValid(source, e);
        }
    }

    private static TokenizerModel ReadTop(ref Utf8JsonReader reader, string source)
    {
        reader.Read();
        Expect(reader, JsonTokenType.StartObject, source, "the file", "an object");
        var seen = new HashSet<string>();
        List<AddedToken> added = [];
        ModelSection? model = null;
        while (NextField(ref reader, seen, source, "the top level", out var field))
        {
            switch (field)
            {
                case "added_tokens": added = TokenizerJsonRules.ReadAdded(JsonElement.ParseValue(ref reader), source); break;
                case "normalizer": TokenizerJsonRules.CheckNormalizer(JsonElement.ParseValue(ref reader), source); break;
                case "pre_tokenizer": TokenizerJsonRules.CheckPreTokenizer(JsonElement.ParseValue(ref reader), source); break;
                case "decoder": TokenizerJsonRules.CheckDecoder(JsonElement.ParseValue(ref reader), source); break;
                case "model": model = ReadModel(ref reader, source); break;
                default: reader.Skip(); break;
            }
        }
        foreach (var needed in (ReadOnlySpan<string>)["pre_tokenizer", "decoder", "model"])
            if (!seen.Contains(needed)) throw TokenizerModel.Error(source, needed, "missing", "a tokenizer.json of byte-level BPE");
        return new TokenizerModel(source, model!.Vocabulary!, model.Merges!, added, model.IgnoreMerges);
    }

    private static ModelSection ReadModel(ref Utf8JsonReader reader, string source)
    {
        Expect(reader, JsonTokenType.StartObject, source, "model", "an object");
        var seen = new HashSet<string>();
        var section = new ModelSection();
        // Merges name tokens of the vocabulary: where they stand before it, they are read once it is known.
        Utf8JsonReader mergesAhead = default;
        var hasMergesAhead = false;
        while (NextField(ref reader, seen, source, "model", out var field))
        {
            switch (field)
            {
                case "vocab":
                    section.Vocabulary = ReadVocabulary(ref reader, source);
                    break;
                case "merges" when section.Vocabulary is not null:
                    section.Merges = ReadMerges(ref reader, section.Vocabulary, source);
                    break;
                case "merges":
                    mergesAhead = reader;
                    hasMergesAhead = true;
                    reader.Skip();
                    break;
                default:
                    var value = JsonElement.ParseValue(ref reader);
                    if (field == "ignore_merges") section.IgnoreMerges = TokenizerJsonRules.Flag(value, source, "model.ignore_merges");
                    else TokenizerJsonRules.CheckModelField(field, value, source);
                    break;
            }
        }
        foreach (var needed in (ReadOnlySpan<string>)["type", "vocab", "merges"])
            if (!seen.Contains(needed)) throw TokenizerModel.Error(source, "model." + needed, "missing", "a model of type BPE");
        if (hasMergesAhead) section.Merges = ReadMerges(ref mergesAhead, section.Vocabulary!, source);
        return section;
    }

    private static Dictionary<string, int> ReadVocabulary(ref Utf8JsonReader reader, string source)
    {
        Expect(reader, JsonTokenType.StartObject, source, "model.vocab", "an object of tokens and ids");
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var token = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var id) || id is < 0 or >= TokenizerModel.MaxIds)
                throw TokenizerModel.Error(source, $"model.vocab[{Quote(token)}]", Describe(reader), TokenizerJsonRules.IdRange);
            if (!vocabulary.TryAdd(token, id))
                throw TokenizerModel.Error(source, $"model.vocab[{Quote(token)}]", "there twice", "each token once");
        }
        return vocabulary;
    }

    private static List<(int, int, int)> ReadMerges(ref Utf8JsonReader reader, Dictionary<string, int> vocabulary, string source)
    {
        Expect(reader, JsonTokenType.StartArray, source, "model.merges", "an array");
        var merges = new List<(int, int, int)>();
        var ids = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        var text = new char[256];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            // Both forms end up as left and right side by side in `text`: "left right" or ["left", "right"].
            int left, end;
            if (reader.TokenType == JsonTokenType.String)
            {
                end = CopyText(reader, ref text, 0);
                left = text.AsSpan(0, end).IndexOf(' ');
                if (left < 0 || text.AsSpan(left + 1, end - left - 1).Contains(' '))
                    throw MergeError(source, merges.Count, Quote(text.AsSpan(0, end)));
                text.AsSpan(left + 1, end - left - 1).CopyTo(text.AsSpan(left));
                end--;
            }
            else
            {
                if (reader.TokenType != JsonTokenType.StartArray) throw MergeError(source, merges.Count, Describe(reader));
                if (!reader.Read() || reader.TokenType != JsonTokenType.String) throw MergeError(source, merges.Count, "an array that does not begin with a token");
                left = CopyText(reader, ref text, 0);
                if (!reader.Read() || reader.TokenType != JsonTokenType.String) throw MergeError(source, merges.Count, "an array of one token");
                end = CopyText(reader, ref text, left);
                if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray) throw MergeError(source, merges.Count, "an array of more than two tokens");
            }
            merges.Add((IdOf(ids, text.AsSpan(0, left), "joins", merges.Count, source),
                IdOf(ids, text.AsSpan(left, end - left), "joins", merges.Count, source),
                IdOf(ids, text.AsSpan(0, end), "makes", merges.Count, source)));
        }
        return merges;
    }

    private static int IdOf(Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> ids, ReadOnlySpan<char> token, string role, int merge, string source) =>
        ids.TryGetValue(token, out var id) ? id
            : throw new InvalidDataException($"{source}: model.merges[{merge}] {role} {Quote(token)}; expected a token of model.vocab");

    private static InvalidDataException MergeError(string source, int merge, string found) =>
        TokenizerModel.Error(source, $"model.merges[{merge}]", found, "\"left right\" or [\"left\", \"right\"]");

    private static int CopyText(in Utf8JsonReader reader, ref char[] text, int at)
    {
        // A string has at most as many characters as its JSON has bytes.
        var needed = at + reader.ValueSpan.Length;
        if (text.Length < needed) Array.Resize(ref text, Math.Max(needed, 2 * text.Length));
        return at + reader.CopyString(text.AsSpan(at));
    }

    /// <summary>Moves on to the next field of the object being read and its value; false at the object's end.</summary>
    private static bool NextField(ref Utf8JsonReader reader, HashSet<string> seen, string source, string owner, out string field)
    {
        reader.Read();
        field = "";
        if (reader.TokenType == JsonTokenType.EndObject) return false;
        field = reader.GetString()!;
        if (!seen.Add(field)) throw TokenizerModel.Error(source, $"{Quote(field)} of {owner}", "there twice", "each field once");
        reader.Read();
        return true;
    }

    private static void Expect(in Utf8JsonReader reader, JsonTokenType type, string source, string field, string expected)
    {
        if (reader.TokenType != type) throw TokenizerModel.Error(source, field, Describe(reader), expected);
    }

    private static string Describe(in Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        _ => Shorten(Encoding.UTF8.GetString(reader.ValueSpan)),
    };

    private static string Quote(ReadOnlySpan<char> text) => $"\"{Shorten(text)}\"";

    private static string Shorten(ReadOnlySpan<char> text) => text.Length <= 60 ? text.ToString() : $"{text[..60]}…";

    private sealed class ModelSection
    {
        public Dictionary<string, int>? Vocabulary;
        public List<(int, int, int)>? Merges;
        public bool IgnoreMerges;
    }
}
