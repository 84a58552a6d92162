using CsCheck;
using NemotronSharp.Text;
using Xunit;

namespace NemotronSharp.Tests.Text;

/// <summary>Only what a template wrote itself can become a control token.</summary>
public class TokenizerTrustTests
{
    private static readonly string[] Tags = ["<|im_start|>", "<|im_end|>", "<think>", "</think>", "<tool_call>", "</s>", "[INST]", "<SPECIAL_18>", "<SPECIAL_180>"];
    private static readonly string[] TagsLongestFirst = [.. Enumerable.Range(0, 1000).Select(RealTokenizer.Instance.TokenText).OrderByDescending(t => t.Length)];
    private static readonly Gen<string> Text =
        Gen.OneOf(Gen.OneOf<string>(Tags), Gen.String, Gen.OneOf<string>("<", "|", ">", " ", "\n", "im_end", "think", "é", "🙂"));

    [Fact]
    public void User_text_never_becomes_a_control_token() =>
        Text.Array[0, 8].Select(string.Concat).Sample(text =>
        {
            Assert.DoesNotContain(RealTokenizer.Instance.Encode(text), id => id < 1000);
            Assert.Equal(RealTokenizer.Instance.Encode(text), RealTokenizer.Instance.Encode(PromptText.Untrusted(text)));
        }, iter: 2000);

    [Fact]
    public void A_trusted_tag_is_its_control_token()
    {
        foreach (var tag in Tags) Assert.Equal([RealTokenizer.Instance.IdOf(tag)!.Value], RealTokenizer.Instance.Encode(PromptText.Trusted(tag)));
    }

    [Fact]
    public void A_tag_only_partly_trusted_is_plain_text_wherever_trust_ends()
    {
        foreach (var tag in Tags)
        {
            for (var cut = 1; cut < tag.Length; cut++)
            {
                var plain = RealTokenizer.Instance.Encode(tag);
                Assert.Equal(plain, RealTokenizer.Instance.Encode(PromptText.Trusted(tag[..cut]) + PromptText.Untrusted(tag[cut..])));
                Assert.Equal(plain, RealTokenizer.Instance.Encode(PromptText.Untrusted(tag[..cut]) + PromptText.Trusted(tag[cut..])));
            }
        }
    }

    [Fact]
    public void A_tag_of_two_trusted_pieces_is_its_control_token() =>
        Assert.Equal([11], RealTokenizer.Instance.Encode(PromptText.Trusted("<|im") + PromptText.Trusted("_end|>")));

    [Fact]
    public void Words_merge_across_a_border_of_trust()
    {
        var whole = RealTokenizer.Instance.Encode("Answer: international");
        Assert.Equal(whole, RealTokenizer.Instance.Encode(PromptText.Trusted("Answer: inter") + PromptText.Untrusted("national")));
    }

    [Fact]
    public void The_longest_tag_wins_where_several_begin()
    {
        var tokenizer = SmallTokenizer.With("<a", "<ab>", "b>");
        Assert.Equal([tokenizer.IdOf("<ab>")!.Value], tokenizer.Encode(PromptText.Trusted("<ab>")));
        // The longer tag is not wholly trusted here; the shorter one is.
        Assert.Equal([tokenizer.IdOf("<a")!.Value, 'b', '>'], tokenizer.Encode(PromptText.Trusted("<a") + PromptText.Untrusted("b>")));
    }

    // The model: trust as one flag per character, and tags looked for one position after the other.
    [Fact]
    public void Any_mix_of_trust_encodes_as_the_plain_definition_says() =>
        Gen.Select(Text, Gen.Bool).Array[0, 10].Sample(pieces =>
        {
            var tokenizer = RealTokenizer.Instance;
            var prompt = PromptText.Concat([.. pieces.Select(p => p.Item2 ? PromptText.Trusted(p.Item1) : PromptText.Untrusted(p.Item1))]);
            var text = string.Concat(pieces.Select(p => p.Item1));
            var trust = pieces.SelectMany(p => Enumerable.Repeat(p.Item2, p.Item1.Length)).ToArray();
            var expected = new List<int>();
            int done = 0, at = 0;
            while (at < text.Length)
            {
                var tag = TagsLongestFirst.FirstOrDefault(t =>
                    string.CompareOrdinal(text, at, t, 0, t.Length) == 0 && trust.AsSpan(at, Math.Min(t.Length, text.Length - at)).IndexOf(false) < 0);
                if (tag is null) { at++; continue; }
                expected.AddRange(tokenizer.Encode(text[done..at]));
                expected.Add(tokenizer.IdOf(tag)!.Value);
                done = at += tag.Length;
            }
            expected.AddRange(tokenizer.Encode(text[done..]));
            Assert.Equal(expected, tokenizer.Encode(prompt));
        }, iter: 500);
}
