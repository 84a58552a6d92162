using CsCheck;
using NemotronSharp.Text;
using NemotronSharp.Training.Data.Corpus;

namespace NemotronSharp.Training.Tests.Data.Corpus;

public class TextCutterTests
{
    private const int End = 2;
    private static readonly Tokenizer _tokenizer = Tokenizer.Load(RepoPaths.InRepo("recipes", "pico", "tokenizer.json"));
    private static readonly Gen<string> _document = Gen.OneOf(Gen.Const("\n"), Gen.Const(". "), Gen.Const(" and so on"), Gen.Const("Él dijo 3,5 “ja”"), Gen.String[Gen.Char['a', 'z'], 1, 80]).Array[1, 60].Select(string.Concat);

    [Fact]
    public void Nothing_is_lost_and_no_piece_is_longer_than_a_row() => Gen.Select(_document, Gen.Int[16, 200]).Sample((document, row) =>
    {
        int[][] pieces = [.. new TextCutter(_tokenizer, row).Pieces(document)];
        Assert.All(pieces, p => Assert.InRange(p.Length, 1, row));
        int[] all = [.. pieces.SelectMany(p => p)];
        Assert.Equal(End, all[^1]);
        Assert.Equal(document, _tokenizer.Decode(all.AsSpan(..^1)));
    }, iter: 300);

    [Fact]
    public void A_long_document_is_cut_at_paragraph_ends_and_a_short_one_not_at_all()
    {
        string document = string.Concat(Enumerable.Range(0, 50).Select(i => $"Paragraph {i} has a few words. And then a few more.\n"));
        int[][] pieces = [.. new TextCutter(_tokenizer, 100).Pieces(document)];
        Assert.True(pieces.Length > 5);
        Assert.All(pieces[..^1], p => Assert.EndsWith("more.\n", _tokenizer.Decode(p)));
        Assert.All(pieces, p => Assert.StartsWith("Paragraph", _tokenizer.Decode(p)));
        Assert.Single(new TextCutter(_tokenizer, 100).Pieces("Two lines.\nNo cut."));
    }

    [Fact]
    public void A_long_paragraph_is_cut_at_sentence_ends()
    {
        string document = string.Concat(Enumerable.Range(0, 50).Select(i => $"Sentence {i} has a few words. "));
        int[][] pieces = [.. new TextCutter(_tokenizer, 100).Pieces(document)];
        Assert.All(pieces[..^1], p => Assert.EndsWith("words. ", _tokenizer.Decode(p)));
    }

    [Fact]
    public void Passages_are_the_text_and_end_with_paragraphs() => Gen.Select(_document, Gen.Int[10, 400]).Sample((document, characters) =>
    {
        string[] passages = [.. TextCleaning.Passages(document, characters)];
        Assert.Equal(document, string.Concat(passages));
        Assert.All(passages.SkipLast(1), p => Assert.EndsWith("\n", p));
        Assert.All(passages, p => Assert.True(p.Length <= characters || !p.TrimEnd('\n').Contains('\n')));
    }, iter: 200);
}
