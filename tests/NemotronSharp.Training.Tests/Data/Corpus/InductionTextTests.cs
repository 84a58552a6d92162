using NemotronSharp.Text;
using NemotronSharp.Training.Data;
using NemotronSharp.Training.Data.Corpus;

namespace NemotronSharp.Training.Tests.Data.Corpus;

public class InductionTextTests
{
    private static readonly Tokenizer _tokenizer = Tokenizer.Load(RepoPaths.InRepo("recipes", "pico", "tokenizer.json"));

    [Fact]
    public void Whatever_is_learned_has_stood_in_the_document_before_after_the_same_token()
    {
        var induction = new InductionText(_tokenizer, new SeededRandom(1), 1024);
        long learned = 0, all = 0;
        for (int i = 0; i < 200; i++)
        {
            var (ids, mask) = induction.Next();
            Assert.InRange(ids.Length, 2, 1024);
            Assert.Equal(2, ids[^1]);
            var seen = new HashSet<(int, int)>();
            for (int t = 1; t < ids.Length; t++)
                if (!seen.Contains((ids[t - 1], ids[t])))
                {
                    Assert.True(mask[t] == 0, $"document {i}, token {t}: {_tokenizer.Decode([.. ids.Take(t + 1)])}");
                    seen.Add((ids[t - 1], ids[t]));
                }
            learned += mask.Sum(m => m);
            all += ids.Length;
        }
        Assert.InRange((double)learned / all, 0.3, 0.7);
    }

    [Fact]
    public void The_same_seed_gives_the_same_documents_and_no_two_are_alike()
    {
        var (first, second) = (new InductionText(_tokenizer, new SeededRandom(7), 256), new InductionText(_tokenizer, new SeededRandom(7), 256));
        var texts = Enumerable.Range(0, 100).Select(_ => string.Join(' ', first.Next().Ids)).ToArray();
        Assert.Equal(texts, Enumerable.Range(0, 100).Select(_ => string.Join(' ', second.Next().Ids)));
        Assert.Equal(100, texts.Distinct().Count());
    }
}
