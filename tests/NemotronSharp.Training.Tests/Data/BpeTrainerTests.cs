using System.Text;
using CsCheck;
using NemotronSharp.Text;
using NemotronSharp.Training.Data;

namespace NemotronSharp.Training.Tests.Data;

public class BpeTrainerTests
{
    [Fact]
    public void Merges_are_those_of_the_textbook_algorithm() =>
        Gen.Char["abcé \n"].Array[1, 12].Select(c => new string(c)).List[1, 30].Sample(pieces =>
        {
            var trainer = new BpeTrainer();
            foreach (string piece in pieces) trainer.Count(piece);
            Assert.Equal(Textbook(pieces, 40), trainer.Train(2 + 256 + 40, ["<a>", "<b>"]).Merges);
        }, iter: 300);

    [Fact]
    public void Weights_count_like_repetitions()
    {
        var (a, b) = (new BpeTrainer(), new BpeTrainer());
        a.Count("hello", 3);
        a.Count("help", 2);
        for (int i = 0; i < 3; i++) b.Count("hello");
        for (int i = 0; i < 2; i++) b.Count("help");
        Assert.Equal(b.Train(270, []).Merges, a.Train(270, []).Merges);
    }

    [Fact]
    public void The_saved_file_loads_and_encodes_what_was_learned()
    {
        using var folder = new DataFolder();
        var tokenizer = Small(folder);
        Assert.Equal(["What", " is", " ", "1", "7", " +", " ", "5", "?"], tokenizer.Encode("What is 17 + 5?").Select(id => Encoding.UTF8.GetString(tokenizer.BytesOf(id))));
        Assert.Equal((10, 11, 12, 17), (tokenizer.IdOf("<|im_start|>"), tokenizer.IdOf("<|im_end|>"), tokenizer.IdOf("<think>"), tokenizer.IdOf("</tool_response>")));
        Assert.Equal((32, 287), (tokenizer.Encode("\0")[0], tokenizer.IdOf("ÿ"))); // bytes in numeric order
        Assert.True(tokenizer.IsSpecial(11) && tokenizer.IsSpecial(31) && !tokenizer.IsSpecial(12) && !tokenizer.IsSpecial(17));
        Assert.Equal([10, .. tokenizer.Encode("user"), .. tokenizer.Encode("\n"), 11], tokenizer.Encode(PromptText.Trusted("<|im_start|>user\n<|im_end|>")));
    }

    [Fact]
    public void Any_text_comes_back()
    {
        using var folder = new DataFolder();
        var tokenizer = Small(folder);
        Gen.OneOf(Gen.String, Gen.String["What is 17+5?\n日本é😀 "]).Where(s => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(s)) == s)
            .Sample(text => tokenizer.Decode(tokenizer.Encode(text)) == text, iter: 2000);
    }

    [Fact]
    public void A_name_after_a_tag_is_spelled_like_the_name_alone()
    {
        using var folder = new DataFolder();
        var tokenizer = Small(folder);
        var name = tokenizer.Encode("get_weather");
        Assert.Equal([.. tokenizer.Encode("<function="), .. name, .. tokenizer.Encode(">\n")], tokenizer.Encode("<function=get_weather>\n"));
        Assert.Equal([.. tokenizer.Encode("<name>"), .. name], tokenizer.Encode("<name>get_weather"));
    }

    private static Tokenizer Small(DataFolder folder)
    {
        var trainer = new BpeTrainer();
        for (int i = 0; i < 5; i++)
            VocabularyText.Count(trainer, "<|im_start|>user\nWhat is 17 + 5?<|im_end|>\n<think>\n<function=get_weather>\n<name>get_weather</name>", copied: true);
        trainer.Train(600, BpeVocabulary.FamilyTokens).Save(folder.Path);
        return Tokenizer.Load(folder.File("tokenizer.json"));
    }

    // Counts all pairs anew for every merge. The most frequent pair wins, then the smaller ids; a merge that spells a known token is left out.
    private static List<(int, int)> Textbook(List<string> pieces, int count)
    {
        const int first = 2;
        var words = pieces.Select(p => Encoding.UTF8.GetBytes(p).Select(b => first + b).ToList()).ToList();
        var spelled = Enumerable.Range(0, 256).ToDictionary(b => first + b, b => new string((char)b, 1));
        var refused = new HashSet<(int, int)>();
        var merges = new List<(int, int)>();
        while (merges.Count < count)
        {
            var best = words.SelectMany(w => w.Zip(w.Skip(1))).Where(p => !refused.Contains(p)).GroupBy(p => p)
                .Select(g => (Pair: g.Key, Count: Occurrences(words, g.Key))).Where(g => g.Count > 1)
                .OrderByDescending(g => g.Count).ThenBy(g => g.Pair).FirstOrDefault();
            if (best.Count == 0) break;
            string text = spelled[best.Pair.First] + spelled[best.Pair.Second];
            if (spelled.ContainsValue(text))
            {
                refused.Add(best.Pair);
                continue;
            }
            int id = first + spelled.Count;
            spelled[id] = text;
            merges.Add(best.Pair);
            foreach (var word in words)
                for (int i = 0; i + 1 < word.Count; i++)
                    if ((word[i], word[i + 1]) == best.Pair)
                    {
                        word[i] = id;
                        word.RemoveAt(i + 1);
                    }
        }
        return merges;
    }

    private static int Occurrences(List<List<int>> words, (int, int) pair) => words.Sum(w => w.Zip(w.Skip(1)).Count(p => p == pair));
}
