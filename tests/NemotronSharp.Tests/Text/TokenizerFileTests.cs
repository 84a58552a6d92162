using System.Text;
using System.Text.Json.Nodes;
using NemotronSharp.Text;
using Xunit;

namespace NemotronSharp.Tests.Text;

/// <summary>A file that is damaged, or asks for anything the tokenizer does not do, is refused by name.</summary>
public class TokenizerFileTests
{
    // What spoils a good file, and what the error must name.
    private static readonly Dictionary<string, (Action<JsonNode> Spoil, string[] Named)> BadFiles = new()
    {
        ["normalizer"] = (j => j["normalizer"] = new JsonObject { ["type"] = "NFC" }, ["normalizer", "NFC", "null"]),
        ["no pre-tokenizer"] = (j => j.AsObject().Remove("pre_tokenizer"), ["pre_tokenizer", "missing"]),
        ["null pre-tokenizer"] = (j => j["pre_tokenizer"] = null, ["pre_tokenizer", "null", "an object"]),
        ["plain ByteLevel"] = (j => j["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel" }, ["pre_tokenizer.type", "ByteLevel", "Sequence"]),
        ["three steps"] = (j => Steps(j).Add(new JsonObject { ["type"] = "Digits" }), ["pre_tokenizer.pretokenizers", "two steps"]),
        ["other expression"] = (j => Steps(j)[0]!["pattern"]!["Regex"] = @"\w+", ["pretokenizers[0].pattern.Regex", @"""\w+""", "{Lu}"]),
        ["string pattern"] = (j => Steps(j)[0]!["pattern"] = new JsonObject { ["String"] = " " }, ["pretokenizers[0].pattern.Regex", "missing"]),
        ["removed behaviour"] = (j => Steps(j)[0]!["behavior"] = "Removed", ["pretokenizers[0].behavior", "Removed", "Isolated"]),
        ["inverted"] = (j => Steps(j)[0]!["invert"] = true, ["pretokenizers[0].invert", "true", "false"]),
        ["prefix space"] = (j => Steps(j)[1]!["add_prefix_space"] = true, ["pretokenizers[1].add_prefix_space", "true", "false"]),
        ["own regex by default"] = (j => Steps(j)[1]!.AsObject().Remove("use_regex"), ["pretokenizers[1].use_regex", "missing", "false"]),
        ["other decoder"] = (j => j["decoder"]!["type"] = "WordPiece", ["decoder.type", "WordPiece", "ByteLevel"]),
        ["no model"] = (j => j.AsObject().Remove("model"), ["model", "missing"]),
        ["other model"] = (j => j["model"]!["type"] = "Unigram", ["model.type", "Unigram", "BPE"]),
        ["no type"] = (j => j["model"]!.AsObject().Remove("type"), ["model.type", "missing"]),
        ["dropout"] = (j => j["model"]!["dropout"] = 0.1, ["model.dropout", "0.1", "null"]),
        ["byte fallback"] = (j => j["model"]!["byte_fallback"] = true, ["model.byte_fallback", "true", "false"]),
        ["word suffix"] = (j => j["model"]!["end_of_word_suffix"] = "</w>", ["model.end_of_word_suffix", "</w>", "null"]),
        ["no vocabulary"] = (j => j["model"]!.AsObject().Remove("vocab"), ["model.vocab", "missing"]),
        ["no merges"] = (j => j["model"]!.AsObject().Remove("merges"), ["model.merges", "missing"]),
        ["vocabulary an array"] = (j => j["model"]!["vocab"] = new JsonArray(), ["model.vocab", "an array", "an object"]),
        ["negative id"] = (j => Vocabulary(j)["new"] = -1, ["model.vocab[\"new\"]", "-1", "9999999"]),
        ["id too high"] = (j => Vocabulary(j)["new"] = 10_000_000, ["model.vocab[\"new\"]", "10000000", "9999999"]),
        ["an id far above the number of tokens"] = (j => Vocabulary(j)["new"] = 9_999_999, ["model.vocab[\"new\"]", "9999999", "among 260 tokens"]),
        ["added id far above the number of tokens"] = (j => Added(j)[0]!["id"] = 9_999_999, ["<x>", "9999999", "among 259 tokens"]),
        ["added token too long"] = (j => Added(j)[0]!["content"] = new string('x', 1025), ["1025 characters", "1024"]),
        ["id a fraction"] = (j => Vocabulary(j)["new"] = 1.5, ["model.vocab[\"new\"]", "1.5"]),
        ["id a string"] = (j => Vocabulary(j)["new"] = "5", ["model.vocab[\"new\"]", "5"]),
        ["id used twice"] = (j => Vocabulary(j)["new"] = 65, ["model.vocab[\"new\"]", "65", "\"A\""]),
        ["empty token"] = (j => Vocabulary(j)[""] = 900, ["model.vocab[\"\"]", "empty"]),
        ["token not in the byte alphabet"] = (j => Vocabulary(j)["a b"] = 900, ["model.vocab[\"a b\"]", "U+0020"]),
        ["byte missing"] = (j => Vocabulary(j).Remove("Ġ"), ["model.vocab", "0x20", "256"]),
        ["merge of the unknown"] = (j => Merges(j).Add("a xyz"), ["model.merges[1]", "joins", "xyz"]),
        ["merge into the unknown"] = (j => Merges(j).Add("a z"), ["model.merges[1]", "makes", "az"]),
        ["merge of one"] = (j => Merges(j).Add("ab"), ["model.merges[1]", "\"ab\"", "left right"]),
        ["merge of three"] = (j => Merges(j).Add("a b c"), ["model.merges[1]", "a b c"]),
        ["merge array of one"] = (j => Merges(j).Add(new JsonArray("a")), ["model.merges[1]", "one token"]),
        ["merge array of three"] = (j => Merges(j).Add(new JsonArray("a", "b", "c")), ["model.merges[1]", "more than two"]),
        ["merge a number"] = (j => Merges(j).Add(5), ["model.merges[1]", "5"]),
        ["merge twice"] = (j => Merges(j).Add("a b"), ["model.merges[1]", "second time"]),
        ["merge makes a control token"] = (j => { Vocabulary(j)["</"] = 300; Added(j)[0]!["content"] = "</"; Added(j)[0]!["id"] = 300; Merges(j).Add("< /"); }, ["model.merges[1]", "added token", "</"]),
        ["added no array"] = (j => j["added_tokens"] = 5, ["added_tokens", "5", "array"]),
        ["added without id"] = (j => Added(j)[0]!.AsObject().Remove("id"), ["added_tokens[0].id", "missing"]),
        ["added id too high"] = (j => Added(j)[0]!["id"] = 2_000_000_000, ["added_tokens[0].id", "2000000000"]),
        ["added id in use"] = (j => Added(j)[0]!["id"] = 65, ["model.vocab[\"A\"]", "65", "<x>"]),
        ["added ids equal"] = (j => Added(j)[1]!["id"] = 1000, ["<y>", "1000", "<x>"]),
        ["added twice"] = (j => Added(j)[1]!["content"] = "<x>", ["<x>", "twice"]),
        ["added empty"] = (j => Added(j)[0]!["content"] = "", ["added_tokens[0].content", "not empty"]),
        ["added under two ids"] = (j => Vocabulary(j)["<x>"] = 700, ["<x>", "1000", "700"]),
        ["added strips"] = (j => Added(j)[1]!["lstrip"] = true, ["added_tokens[1].lstrip", "true", "false"]),
        ["added special as text"] = (j => Added(j)[1]!["special"] = "yes", ["added_tokens[1].special", "yes"]),
    };

    public static TheoryData<string> BadFileNames => [.. BadFiles.Keys];

    [Theory]
    [MemberData(nameof(BadFileNames))]
    public void A_bad_file_is_refused_with_what_was_found_and_expected(string name)
    {
        var (spoil, named) = BadFiles[name];
        var json = SmallTokenizer.Json(["a b"], "<x>", "<y>");
        SmallTokenizer.Load(json.DeepClone());
        spoil(json);
        var error = Assert.Throws<InvalidDataException>(() => SmallTokenizer.Load(json));
        Assert.StartsWith(SmallTokenizer.Source, error.Message);
        Assert.All(named, part => Assert.Contains(part, error.Message));
    }

    [Fact]
    public void A_file_cut_at_any_byte_is_refused()
    {
        var bytes = Encoding.UTF8.GetBytes(SmallTokenizer.Json(["a b"], "<x>").ToJsonString());
        for (var length = 0; length < bytes.Length; length++)
        {
            var error = Assert.Throws<InvalidDataException>(() => Tokenizer.FromJson(bytes.AsSpan(0, length), "cut.json"));
            Assert.StartsWith("cut.json", error.Message);
        }
    }

    [Theory]
    [InlineData("5")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{} {}")]
    [InlineData("{\"model\":{\"vocab\":{\"\\ud800\":0}}}")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":0,\"a\":1}}}")]
    [InlineData("{\"model\":{\"merges\":[],\"merges\":[]}}")]
    public void What_is_no_tokenizer_file_is_refused(string json)
    {
        var error = Assert.Throws<InvalidDataException>(() => Tokenizer.FromJson(Encoding.UTF8.GetBytes(json), "odd.json"));
        Assert.StartsWith("odd.json", error.Message);
    }

    [Fact]
    public void Ids_may_have_gaps_which_decode_to_nothing()
    {
        var tokenizer = SmallTokenizer.With("<x>", "<y>");
        Assert.Equal(1002, tokenizer.VocabularySize);
        Assert.True(tokenizer.BytesOf(600).IsEmpty);
        Assert.Equal("", tokenizer.TokenText(600));
        Assert.Equal("A<y>", tokenizer.Decode(['A', 600, 1001]));
        Assert.False(tokenizer.IsAdded(600));
    }

    private static JsonArray Steps(JsonNode json) => json["pre_tokenizer"]!["pretokenizers"]!.AsArray();

    private static JsonObject Vocabulary(JsonNode json) => json["model"]!["vocab"]!.AsObject();

    private static JsonArray Merges(JsonNode json) => json["model"]!["merges"]!.AsArray();

    private static JsonArray Added(JsonNode json) => json["added_tokens"]!.AsArray();
}
