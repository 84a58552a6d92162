using System.Text;
using CsCheck;
using NemotronSharp.Text;
using Xunit;

namespace NemotronSharp.Tests.Text;

/// <summary>Text to ids and back: whole, streamed, and from several threads.</summary>
public class TokenizerTextTests
{
    private static readonly Gen<string> Any = Gen.OneOf(
        Gen.Char.Array[0, 20].Select(c => new string(c)),
        Gen.Int[0, 0x10FFFF].Where(Rune.IsValid).Select(c => new Rune(c).ToString()),
        Gen.OneOf<string>("👩‍👩‍👧‍👦", "e\u0301\u0323", "漢字かな", "\uD83D", "\uDE42", "مرحبا", "\0", "naïve — “quoted”", " \r\n ")).Array[0, 8].Select(string.Concat);

    [Fact]
    public void Any_text_comes_back_with_lone_surrogates_as_U_FFFD() =>
        Any.Sample(text =>
        {
            var expected = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            Assert.Equal(expected, RealTokenizer.Instance.Decode(RealTokenizer.Instance.Encode(text)));
            Assert.Equal(expected, RealTokenizer.Instance.Decode(RealTokenizer.Instance.Encode(PromptText.Trusted(text))));
        }, iter: 5000);

    [Fact]
    public void Ids_are_appended_to_what_the_destination_holds()
    {
        List<int> ids = [7];
        RealTokenizer.Instance.Encode("user\n".AsSpan(), ids);
        RealTokenizer.Instance.Encode(PromptText.Trusted("<|im_end|>"), ids);
        Assert.Equal([7, 3263, 1010, 11], ids);
    }

    // Random ids are mostly no valid UTF-8: cut characters, stray continuation bytes, specials in between.
    [Fact]
    public void A_stream_of_any_ids_joins_to_the_decoded_text() =>
        Gen.Select(Gen.OneOf(Gen.Int[0, 131071], Gen.Int[1000, 1255], Gen.Int[0, 20]).Array[0, 24], Gen.Bool).Sample((ids, skipSpecial) =>
        {
            var stream = new StreamingDecoder(RealTokenizer.Instance, skipSpecial);
            Assert.Equal(RealTokenizer.Instance.Decode(ids, skipSpecial), string.Concat(ids.Select(stream.Append)) + stream.Flush());
        }, iter: 20_000);

    [Fact]
    public void A_stream_gives_whole_characters_only_and_nothing_early() =>
        Any.Sample(text =>
        {
            var whole = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            var stream = new StreamingDecoder(RealTokenizer.Instance);
            var sofar = "";
            foreach (var b in Encoding.UTF8.GetBytes(text))
            {
                // The byte tokens: every split there is.
                var part = stream.Append(1000 + b);
                Assert.False(part.Length > 0 && char.IsHighSurrogate(part[^1]));
                sofar += part;
                Assert.StartsWith(sofar, whole, StringComparison.Ordinal);
            }
            Assert.Equal(whole, sofar);
            Assert.Equal("", stream.Flush());
        }, iter: 3000);

    [Fact]
    public void A_cut_character_is_flushed_as_U_FFFD_and_the_decoder_starts_afresh()
    {
        var stream = new StreamingDecoder(RealTokenizer.Instance);
        Assert.Equal(["", "", ""], "🙂"u8[..3].ToArray().Select(b => stream.Append(1000 + b)));
        Assert.Equal("\uFFFD", stream.Flush());
        Assert.Equal("", stream.Flush());
        Assert.Equal("a", stream.Append(1000 + 'a'));
    }

    [Fact]
    public void Several_threads_get_the_ids_one_thread_gets()
    {
        var tokenizer = Tokenizer.Load(RealTokenizer.Path);
        using var file = new StreamReader(RepoPaths.Shared("data", "small_text", "tinyshakespeare.txt"));
        var text = file.ReadToEnd();
        var parts = Enumerable.Range(0, 64).Select(i => text.Substring(i * 5000, 5000)).ToArray();
        var expected = parts.Select(RealTokenizer.Instance.Encode).ToArray();
        Parallel.For(0, 1024, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var ids = tokenizer.Encode(parts[i % parts.Length]);
            Assert.Equal(expected[i % parts.Length], ids);
            Assert.Equal(parts[i % parts.Length], tokenizer.Decode(ids));
        });
    }
}
