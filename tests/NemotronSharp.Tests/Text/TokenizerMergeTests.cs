using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using NemotronSharp.Text;
using Xunit;

namespace NemotronSharp.Tests.Text;

/// <summary>Merging against two plain definitions of byte-pair encoding.</summary>
public class TokenizerMergeTests
{
    private static readonly Gen<string> Mixed = Gen.OneOf(
        Gen.OneOf<string>(" the", "Nemo", "tron", "NVIDIA", " internationalisation", "1234", "  ", "\n\n", "日本語", "Привет", "🙂", "é", "/", "()", "zzzzzzzz", "qXv"),
        Gen.String[0, 6], Gen.Char['a', 'z'].Array[1, 12].Select(c => new string(c))).Array[0, 10].Select(string.Concat);

    private static readonly Dictionary<string, int> Ranks = RealTokenizer.Ranked.Index().ToDictionary(t => Convert.ToHexString(t.Item), t => t.Index);

    [Fact]
    public void The_real_vocabulary_merges_by_lowest_rank_of_the_joined_bytes() =>
        Mixed.Sample(text => Assert.Equal(Pieces(text).SelectMany(ByLowestRank), RealTokenizer.Instance.Encode(text)), iter: 3000);

    // Running text comes mostly from the cache of pieces; here each distinct piece is merged by the plain rule.
    [Fact]
    public void Running_text_encodes_as_its_pieces_do()
    {
        var text = File.ReadAllText(RepoPaths.Shared("data", "small_text", "wikitext2_valid.txt"))[..400_000];
        var known = new Dictionary<string, List<int>>();
        var expected = new List<int>();
        foreach (var piece in Pieces(text))
        {
            if (!known.TryGetValue(piece, out var ids)) known[piece] = ids = ByLowestRank(piece);
            expected.AddRange(ids);
        }
        Assert.Equal(expected, RealTokenizer.Instance.Encode(text));
    }

    // Hugging Face's rule: the pair that stands first in the list of merges, the leftmost of equals.
    [Fact]
    public void Any_list_of_merges_is_followed_in_its_order() =>
        Gen.Select(Gen.Int[0, 1000].Array[0, 40], Gen.Char['a', 'c'].Array[0, 300]).Sample((choices, letters) =>
        {
            var known = new List<string> { "a", "b", "c" };
            var merges = new List<string>();
            for (var i = 0; i + 1 < choices.Length; i += 2)
            {
                var (left, right) = (known[choices[i] % known.Count], known[choices[i + 1] % known.Count]);
                if (left.Length + right.Length > 12 || merges.Contains($"{left} {right}")) continue;
                merges.Add($"{left} {right}");
                if (!known.Contains(left + right)) known.Add(left + right);
            }
            var parts = letters.Select(c => c.ToString()).ToList();
            while (true)
            {
                var places = Enumerable.Range(0, Math.Max(0, parts.Count - 1)).Where(i => merges.Contains($"{parts[i]} {parts[i + 1]}")).ToList();
                if (places.Count == 0) break;
                var at = places.MinBy(i => merges.IndexOf($"{parts[i]} {parts[i + 1]}"));
                parts[at] += parts[at + 1];
                parts.RemoveAt(at + 1);
            }
            var tokenizer = SmallTokenizer.Load(SmallTokenizer.Json([.. merges]));
            Assert.Equal(parts, tokenizer.Encode(new string(letters)).Select(tokenizer.TokenText));
        }, iter: 1000);

    [Fact]
    public void Merges_as_pairs_and_merges_before_the_vocabulary_read_the_same()
    {
        string[] merges = ["a b", "ab c", "b c"];
        var plain = SmallTokenizer.Json(merges);
        var bent = SmallTokenizer.Json([]);
        bent["model"] = new JsonObject
        {
            ["merges"] = new JsonArray([.. merges.Select(m => (JsonNode)new JsonArray([.. m.Split(' ').Select(t => (JsonNode)t)]))]),
            ["type"] = "BPE",
            ["vocab"] = plain["model"]!["vocab"]!.DeepClone(),
        };
        foreach (var text in (string[])["abc", "bc", "cabcab", "abbc"])
            Assert.Equal(SmallTokenizer.Load(plain).Encode(text), SmallTokenizer.Load(bent).Encode(text));
    }

    [Fact]
    public void A_piece_that_is_a_token_goes_unmerged_only_when_the_file_ignores_merges()
    {
        // No merge leads to "abc": merging alone can never reach it.
        var json = SmallTokenizer.Json(["a b"]);
        json["model"]!["vocab"]!["abc"] = 300;
        Assert.Equal([256, 'c'], SmallTokenizer.Load(json).Encode("abc"));
        json["model"]!["ignore_merges"] = true;
        Assert.Equal([300], SmallTokenizer.Load(json).Encode("abc"));
        Assert.Equal([256, 'c', 'c'], SmallTokenizer.Load(json).Encode("abcc"));
    }

    [Fact]
    public void Many_equal_letters_take_no_square_of_time()
    {
        var clock = Stopwatch.StartNew();
        foreach (var letter in (string[])["a", "A", " ", "\n", "-", "é", "中"])
        {
            var text = string.Concat(Enumerable.Repeat(letter, 300_000));
            Assert.Equal(text, RealTokenizer.Instance.Decode(RealTokenizer.Instance.Encode(text)));
        }
        // About a second when linear, some minutes when square: the bound only has to lie between.
        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1), $"took {clock.Elapsed}");
    }

    private static List<string> Pieces(string text)
    {
        var pieces = new List<string>();
        for (var at = 0; at < text.Length; at += pieces[^1].Length) pieces.Add(text.Substring(at, PreTokenizer.NextPiece(text.AsSpan(at))));
        return pieces;
    }

    // tiktoken's rule: of all neighbours whose joined bytes are a token, join those of lowest rank. It knows no list of merges.
    private static List<int> ByLowestRank(string piece)
    {
        var parts = Encoding.UTF8.GetBytes(piece).Select(b => b.ToString("X2")).ToList();
        while (true)
        {
            var places = Enumerable.Range(0, parts.Count - 1).Where(i => Ranks.ContainsKey(parts[i] + parts[i + 1])).ToList();
            if (places.Count == 0) return [.. parts.Select(p => 1000 + Ranks[p])];
            var best = places.MinBy(i => Ranks[parts[i] + parts[i + 1]]);
            parts[best] += parts[best + 1];
            parts.RemoveAt(best + 1);
        }
    }
}
