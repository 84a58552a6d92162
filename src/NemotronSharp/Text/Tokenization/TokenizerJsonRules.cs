using System.Text.Json;

namespace NemotronSharp.Text;

/// <summary>What the small parts of a tokenizer.json must say for <see cref="Tokenizer"/> to follow the file exactly.</summary>
internal static class TokenizerJsonRules
{
    public static readonly string IdRange = $"an id from 0 to {TokenizerModel.MaxIds - 1}";

    public static void CheckNormalizer(JsonElement normalizer, string source)
    {
        if (normalizer.ValueKind != JsonValueKind.Null) throw Error(source, "normalizer", normalizer, "null");
    }

    public static void CheckDecoder(JsonElement decoder, string source) => CheckString(decoder, "type", "ByteLevel", source, "decoder");

    public static void CheckPreTokenizer(JsonElement preTokenizer, string source)
    {
        const string Name = "pre_tokenizer";
        CheckString(preTokenizer, "type", "Sequence", source, Name);
        var steps = Field(preTokenizer, "pretokenizers");
        if (steps is not { ValueKind: JsonValueKind.Array } || steps.Value.GetArrayLength() != 2)
            throw Error(source, Name + ".pretokenizers", steps, "two steps, Split and ByteLevel");

        var split = steps.Value[0];
        const string SplitName = Name + ".pretokenizers[0]";
        CheckString(split, "type", "Split", source, SplitName);
        var pattern = Field(split, "pattern");
        if (pattern is not { ValueKind: JsonValueKind.Object }) throw Error(source, SplitName + ".pattern", pattern, "{\"Regex\": …}");
        CheckString(pattern.Value, "Regex", PreTokenizer.Pattern, source, SplitName + ".pattern");
        CheckString(split, "behavior", "Isolated", source, SplitName);
        CheckFlag(split, "invert", false, source, SplitName);

        var byteLevel = steps.Value[1];
        const string ByteLevelName = Name + ".pretokenizers[1]";
        CheckString(byteLevel, "type", "ByteLevel", source, ByteLevelName);
        CheckFlag(byteLevel, "add_prefix_space", false, source, ByteLevelName);
        CheckFlag(byteLevel, "use_regex", false, source, ByteLevelName);
    }

    /// <summary>The fields of the model that must be absent, empty or off; unk_token and fuse_unk never come into play with all bytes known.</summary>
    public static void CheckModelField(string field, JsonElement value, string source)
    {
        var name = "model." + field;
        switch (field)
        {
            case "type" when !IsString(value, "BPE"):
                throw Error(source, name, value, "\"BPE\"");
            case "dropout" when value.ValueKind != JsonValueKind.Null:
                throw Error(source, name, value, "null");
            case "continuing_subword_prefix" or "end_of_word_suffix" when value.ValueKind != JsonValueKind.Null && !IsString(value, ""):
                throw Error(source, name, value, "null");
            case "byte_fallback" when Flag(value, source, name):
                throw Error(source, name, value, "false");
        }
    }

    public static List<AddedToken> ReadAdded(JsonElement list, string source)
    {
        if (list.ValueKind != JsonValueKind.Array) throw Error(source, "added_tokens", list, "an array");
        var added = new List<AddedToken>(list.GetArrayLength());
        foreach (var token in list.EnumerateArray())
        {
            var name = $"added_tokens[{added.Count}]";
            if (token.ValueKind != JsonValueKind.Object) throw Error(source, name, token, "an object");
            var id = Field(token, "id");
            if (id is not { ValueKind: JsonValueKind.Number } || !id.Value.TryGetInt32(out var number) || number is < 0 or >= TokenizerModel.MaxIds)
                throw Error(source, name + ".id", id, IdRange);
            var content = Field(token, "content");
            if (content is not { ValueKind: JsonValueKind.String } || content.Value.GetString() is not { Length: > 0 } text)
                throw Error(source, name + ".content", content, "a string that is not empty");
            // These three widen or narrow the match; the family leaves them off, and off is all this tokenizer does.
            foreach (var flag in (ReadOnlySpan<string>)["single_word", "lstrip", "rstrip"])
                if (Field(token, flag) is { } value && Flag(value, source, $"{name}.{flag}")) throw Error(source, $"{name}.{flag}", value, "false");
            var special = Field(token, "special") is { } isSpecial && Flag(isSpecial, source, name + ".special");
            added.Add(new AddedToken(number, text, special));
        }
        return added;
    }

    public static bool Flag(JsonElement value, string source, string name) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Error(source, name, value, "true or false"),
    };

    private static void CheckFlag(JsonElement owner, string field, bool expected, string source, string name)
    {
        if (Field(owner, field) is not { } value || value.ValueKind != (expected ? JsonValueKind.True : JsonValueKind.False))
            throw Error(source, $"{name}.{field}", Field(owner, field), expected ? "true" : "false");
    }

    private static void CheckString(JsonElement owner, string field, string expected, string source, string name)
    {
        if (owner.ValueKind != JsonValueKind.Object) throw Error(source, name, owner, "an object");
        if (Field(owner, field) is not { } value || !IsString(value, expected)) throw Error(source, $"{name}.{field}", Field(owner, field), $"\"{expected}\"");
    }

    private static bool IsString(JsonElement value, string expected) => value.ValueKind == JsonValueKind.String && value.ValueEquals(expected);

    private static JsonElement? Field(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) ? value : null;

    private static InvalidDataException Error(string source, string field, JsonElement? found, string expected)
    {
        var text = found is not { } value ? "missing" : value.ValueKind == JsonValueKind.String ? $"\"{value.GetString()}\"" : value.GetRawText();
        return TokenizerModel.Error(source, field, text, expected);
    }
}
