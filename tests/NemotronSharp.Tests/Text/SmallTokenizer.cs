using System.Text.Json;
using System.Text.Json.Nodes;
using NemotronSharp.Text;

namespace NemotronSharp.Tests.Text;

/// <summary>A tokenizer.json of 256 byte tokens (id = byte), a few merges and added tokens, to be bent by tests.</summary>
internal static class SmallTokenizer
{
    public const string Source = "small/tokenizer.json";

    public static Tokenizer With(params string[] added) => Load(Json([], added));

    public static Tokenizer Load(JsonNode json) => Tokenizer.FromJson(JsonSerializer.SerializeToUtf8Bytes(json), Source);

    /// <summary>Merges of letters, each "left right"; what they make gets the ids from 256, the added tokens those from 1000.</summary>
    public static JsonNode Json(string[] merges, params string[] added)
    {
        var vocabulary = new JsonObject();
        for (var b = 0; b < 256; b++) vocabulary[ByteAlphabet.CharOf((byte)b).ToString()] = b;
        var next = 256;
        foreach (var made in merges.Select(m => m.Replace(" ", "")).Distinct()) vocabulary[made] = next++;
        return new JsonObject
        {
            ["added_tokens"] = new JsonArray([.. added.Select((content, i) => (JsonNode)new JsonObject { ["id"] = 1000 + i, ["content"] = content, ["special"] = true })]),
            ["normalizer"] = null,
            ["pre_tokenizer"] = new JsonObject
            {
                ["type"] = "Sequence",
                ["pretokenizers"] = new JsonArray(
                    new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = PreTokenizer.Pattern }, ["behavior"] = "Isolated", ["invert"] = false },
                    new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["use_regex"] = false }),
            },
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel" },
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = new JsonArray([.. merges.Select(m => (JsonNode)m)]) },
        };
    }
}
