using NemotronSharp.Training.Data;
using NemotronSharp.Training.Data.Corpus;
using NemotronSharp.Training.Data.Tasks;

namespace NemotronSharp.Training.Tests.Data.Corpus;

public class NearDuplicateIndexTests
{
    [Fact]
    public void A_text_with_a_few_words_changed_is_found_among_many()
    {
        var random = new SeededRandom(3);
        var index = new NearDuplicateIndex();
        var texts = Enumerable.Range(0, 300).Select(_ => Text(random, 400)).ToArray();
        Assert.All(texts, t => Assert.True(index.TryAdd(t)));
        for (int i = 0; i < texts.Length; i += 10)
        {
            string[] words = texts[i].Split(' ');
            for (int change = 0; change < 3; change++) words[random.Next(words.Length)] = "changed"; // at most 15 of 396 shingles each way: similarity 0.93
            Assert.False(index.TryAdd(string.Join(' ', words)), $"text {i}");
        }
        Assert.Equal(300, index.Count);
    }

    [Fact]
    public void Texts_that_share_less_than_half_are_kept()
    {
        var random = new SeededRandom(4);
        var index = new NearDuplicateIndex();
        string common = Text(random, 200);
        for (int i = 0; i < 50; i++) Assert.True(index.TryAdd($"{common} {Text(random, 300)}"));
    }

    [Fact]
    public void Short_texts_count_as_one_shingle_and_empty_ones_are_never_duplicates()
    {
        var index = new NearDuplicateIndex();
        Assert.True(index.TryAdd("Good morning!"));
        Assert.False(index.TryAdd("good   morning"));
        Assert.True(index.TryAdd("good evening"));
        Assert.True(index.TryAdd("..."));
        Assert.True(index.TryAdd("..."));
    }

    private static string Text(SeededRandom random, int words) => string.Join(' ', Enumerable.Range(0, words).Select(_ => Words.Invented(random)));
}
