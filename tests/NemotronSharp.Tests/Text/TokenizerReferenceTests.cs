using System.Security.Cryptography;
using System.Text.Json;
using NemotronSharp.Text;
using Xunit;

namespace NemotronSharp.Tests.Text;

/// <summary>The family's real vocabulary against ids published elsewhere.</summary>
public class TokenizerReferenceTests
{
    public static TheoryData<string, int[]> Fixtures()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(RepoPaths.Shared("data", "tokenizer", "encode_fixtures.json")));
        var data = new TheoryData<string, int[]>();
        foreach (var fixture in json.RootElement.EnumerateArray())
            data.Add(fixture.GetProperty("text").GetString()!, [.. fixture.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())]);
        return data;
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void A_fixture_of_the_reference_data_encodes_to_its_ids_and_back(string text, int[] ids) => HoldsPlain(text, ids);

    [Theory]
    [InlineData("Hello world!", new[] { 22177, 4304, 1033 })]
    [InlineData("What is 2+2?", new[] { 7493, 1395, 1032, 1050, 1043, 1050, 1063 })]
    [InlineData("test 123", new[] { 4417, 1032, 1049, 1050, 1051 })]
    [InlineData("don't", new[] { 21797, 2405 })]
    [InlineData("user\n", new[] { 3263, 1010 })]
    [InlineData("system\n", new[] { 25708, 1010 })]
    [InlineData("assistant\n", new[] { 1503, 19464, 1010 })]
    [InlineData("\n\n", new[] { 1267 })]
    [InlineData(".\n\n", new[] { 1338 })]
    [InlineData("\t\tx", new[] { 1009, 47623 })]
    [InlineData("日本語", new[] { 10008, 15199 })]
    [InlineData("1234", new[] { 1049, 1050, 1051, 1052 })]
    [InlineData("The quick brown fox jumps over the lazy dog.", new[] { 1784, 7586, 22980, 94137, 72993, 2136, 1278, 42757, 10575, 1046 })]
    public void A_published_plain_text_encodes_to_its_ids_and_back(string text, int[] ids) => HoldsPlain(text, ids);

    [Theory]
    [InlineData("<|im_start|>assistant\n", new[] { 10, 1503, 19464, 1010 })]
    [InlineData("<|im_end|>\n", new[] { 11, 1010 })]
    [InlineData("<|im_start|>system\n<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n<think>\n",
        new[] { 10, 25708, 1010, 11, 1010, 10, 3263, 1010, 37133, 11, 1010, 10, 1503, 19464, 1010, 12, 1010 })]
    [InlineData("<|im_start|>system\n<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n<think></think>",
        new[] { 10, 25708, 1010, 11, 1010, 10, 3263, 1010, 37133, 11, 1010, 10, 1503, 19464, 1010, 12, 13 })]
    [InlineData("<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n</function>\n</tool_call>\n<|im_end|>\n",
        new[] { 14, 1010, 1060, 5165, 94314, 1095, 45629, 1561, 1060, 31960, 1061, 29363, 1561, 42572, 1010, 1885, 31960, 1561, 1885, 5165, 1561, 15, 1010, 11, 1010 })]
    [InlineData("<SPECIAL_999><SPECIAL_99></s>", new[] { 999, 99, 2 })]
    public void A_published_prompt_encodes_to_its_ids_and_back(string text, int[] ids)
    {
        Assert.Equal(ids, RealTokenizer.Instance.Encode(PromptText.Trusted(text)));
        Assert.Equal(text, RealTokenizer.Instance.Decode(ids));
    }

    [Fact]
    public void The_published_file_of_Nano_30B_with_its_last_newline_reads_as_well()
    {
        byte[] bytes = [.. File.ReadAllBytes(RealTokenizer.Path), (byte)'\n'];
        Assert.Equal(RealTokenizer.Nano30BSha256, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Assert.Equal([22177, 4304, 1033], Tokenizer.FromJson(bytes, "Nano-30B").Encode("Hello world!"));
    }

    [Fact]
    public void The_vocabulary_is_the_familys()
    {
        var tokenizer = RealTokenizer.Instance;
        Assert.Equal(131072, tokenizer.VocabularySize);
        for (var rank = 0; rank < RealTokenizer.Ranked.Length; rank++)
            Assert.True(tokenizer.BytesOf(1000 + rank).SequenceEqual(RealTokenizer.Ranked[rank]), $"bytes of rank {rank}");
        Assert.Equal("<|im_end|>", tokenizer.TokenText(11));
        Assert.Equal(11, tokenizer.IdOf("<|im_end|>"));
        Assert.Equal("Ċ", tokenizer.TokenText(1010));
        Assert.Equal(1267, tokenizer.IdOf("ĊĊ"));
        Assert.Null(tokenizer.IdOf("<|im_middle|>"));
    }

    [Fact]
    public void Thinking_and_tool_tags_survive_skipping_specials()
    {
        var tokenizer = RealTokenizer.Instance;
        int[] ids = [10, 1503, 19464, 1010, 12, 37133, 13, 14, 15, 16, 17, 11, 2];
        Assert.Equal("assistant\n<think>Hi</think><tool_call></tool_call><tool_response></tool_response>", tokenizer.Decode(ids, skipSpecial: true));
        Assert.All(Enumerable.Range(0, 1000), id => Assert.True(tokenizer.IsAdded(id)));
        Assert.Equal([12, 13, 14, 15, 16, 17], Enumerable.Range(0, 1000).Where(id => !tokenizer.IsSpecial(id)));
        Assert.False(tokenizer.IsAdded(1000));
        Assert.False(tokenizer.IsSpecial(-1));
    }

    [Fact]
    public void Ids_outside_the_vocabulary_are_refused_by_name()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => RealTokenizer.Instance.Decode([5, 131072]));
        Assert.Contains("131072", error.Message);
        Assert.Contains("0 to 131071", error.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => RealTokenizer.Instance.TokenText(-1));
    }

    private static void HoldsPlain(string text, int[] ids)
    {
        Assert.Equal(ids, RealTokenizer.Instance.Encode(text));
        Assert.Equal(text, RealTokenizer.Instance.Decode(ids));
    }
}
