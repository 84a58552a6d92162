using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using NemotronSharp.Text;
using Xunit;

namespace NemotronSharp.Tests.Text;

/// <summary>The hand scanner against the expression itself, run by .NET's Regex where that is right (within the BMP).</summary>
public class TokenizerPreTokenizerTests
{
    private static readonly Regex Family = new(ReadPattern(), RegexOptions.CultureInvariant);

    // One or more of each class and of each character the expression names, so that short random texts meet all its branches.
    private static readonly Gen<char> Telling = Gen.OneOf<char>([.. "AZÉǅʰªaß中あ́ःⅣ²1٣ \t\r\n/.'!_-€\u00A0\u0085\u2028\u3000\u200B\u1680\u180E\uFFFD\u0000"]);
    private static readonly Gen<char> Bmp = Gen.Char.Where(c => !char.IsSurrogate(c));
    private static readonly Gen<string> Text = Gen.OneOf(Telling, Telling, Bmp).Array[0, 24].Select(c => new string(c));

    [Fact]
    public void Any_text_within_the_BMP_is_cut_as_the_expression_cuts_it() =>
        Text.Sample(text => Assert.Equal(Family.Matches(text).Select(m => m.Value), Pieces(text)), iter: 100_000);

    // Each code point takes the place of a BMP character of its class, which .NET's Regex can judge.
    [Fact]
    public void Any_text_beyond_the_BMP_is_cut_by_the_classes_of_its_code_points() =>
        Gen.OneOf(Telling.Select(c => new Rune(c)), Gen.Int[0x10000, 0x1FFFF].Select(c => new Rune(c)), Gen.OneOf<Rune>([.. "𐐀𐐨𐌰𝟙𞣐🙂𝐀𝐚".EnumerateRunes()])).Array[0, 16]
            .Sample(runes =>
            {
                var standIns = string.Concat(runes.Select(StandIn));
                var lengths = Pieces(string.Concat(runes.Select(r => r.ToString()))).Select(p => p.EnumerateRunes().Count());
                Assert.Equal(Family.Matches(standIns).Select(m => m.Length), lengths);
            }, iter: 50_000);

    [Theory]
    [InlineData("HTMLParser", "HTMLParser")]
    [InlineData("camelCase fooBar", "camel|Case| foo|Bar")]
    [InlineData("ABCdEF", "ABCd|EF")]
    [InlineData("A中B", "A中|B")]
    [InlineData("don't", "don|'t")]
    [InlineData("a/b", "a|/b")]
    [InlineData("\tx\u3000y", "\tx|\u3000y")]
    [InlineData(" 123", " |1|2|3")]
    [InlineData("a.\n\nb", "a|.\n\n|b")]
    [InlineData("x  \n\n  y", "x|  \n\n| | y")]
    [InlineData("end   ", "end|   ")]
    [InlineData("ABC DEF", "ABC| DEF")]
    [InlineData("𐐀𐐨𐐀𐐨", "𐐀𐐨|𐐀𐐨")]
    [InlineData("𝟙𝟚x", "𝟙|𝟚|x")]
    [InlineData("a🙂b🙂🙂 c", "a|🙂b|🙂🙂| c")]
    [InlineData("🙂🏽\n/", "🙂🏽\n/")]
    public void A_case_by_hand(string text, string pieces) => Assert.Equal(pieces.Split('|'), Pieces(text));

    [Fact]
    public void A_lone_surrogate_is_a_symbol() => Assert.Equal(["\uD83Dx", "\uDE42", "1", "\uDE42\uD83D/"], Pieces("\uD83Dx\uDE421\uDE42\uD83D/"));

    private static List<string> Pieces(string text)
    {
        var pieces = new List<string>();
        for (var at = 0; at < text.Length; at += pieces[^1].Length) pieces.Add(text.Substring(at, PreTokenizer.NextPiece(text.AsSpan(at))));
        return pieces;
    }

    private static string StandIn(Rune rune) => rune.IsBmp ? rune.ToString() : Rune.GetUnicodeCategory(rune).ToString() switch
    {
        "UppercaseLetter" => "A",
        "LowercaseLetter" => "a",
        "TitlecaseLetter" => "ǅ",
        "ModifierLetter" or "OtherLetter" => "中",
        "NonSpacingMark" or "SpacingCombiningMark" or "EnclosingMark" => "\u0301",
        "DecimalDigitNumber" or "LetterNumber" or "OtherNumber" => "1",
        _ => "!",
    };

    private static string ReadPattern()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(RepoPaths.Shared("data", "tokenizer", "nemotron3_special_tokens.json")));
        return json.RootElement.GetProperty("pattern").GetString()!;
    }
}
