using CsCheck;
using NemotronSharp.Training.Data.Corpus;

namespace NemotronSharp.Training.Tests.Data.Corpus;

public class NGramIndexTests
{
    private const string Question = "Natalia sold clips to forty-eight of her friends in April, and then she sold half as many clips in May.";

    [Theory]
    [InlineData("It is said that natalia SOLD clips to forty eight of her friends in april and then nobody knew.", true)] // 13 words
    [InlineData("It is said that Natalia sold clips to forty eight of her friends in April and nobody knows why.", false)] // 12 words
    [InlineData("of her friends in April -- and then (she) sold half as many clips!", true)]
    [InlineData("her friends in April, and then she sold half as many clips", false)]
    public void Thirteen_words_in_a_row_are_found_and_twelve_are_not(string text, bool touched)
    {
        var index = new NGramIndex();
        index.Add(Question);
        Assert.Equal(touched, index.Touches(text));
    }

    [Fact]
    public void A_shared_run_is_found_exactly_when_it_is_thirteen_words_long() =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[0, 30], Gen.Int[0, 30], Gen.Int[0, 30], Gen.Int[0, 30]).Sample((run, before, after, front, back) =>
        {
            string shared = Numbered("shared", run);
            var index = new NGramIndex();
            index.Add($"{Numbered("a", before)} {shared} {Numbered("b", after)}");
            Assert.Equal(run >= 13, index.Touches($"{Numbered("c", front)} {shared} {Numbered("d", back)}"));
        }, iter: 300);

    [Fact]
    public void A_text_of_fewer_words_has_no_grams()
    {
        var index = new NGramIndex();
        index.Add("How can I kill a Python process?");
        Assert.Equal(0, index.Count);
    }

    private static string Numbered(string word, int count) => string.Join(' ', Enumerable.Range(0, count).Select(i => $"{word}{i}"));
}
