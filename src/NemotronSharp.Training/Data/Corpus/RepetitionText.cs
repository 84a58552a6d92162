using NemotronSharp.Text;

namespace NemotronSharp.Training.Data.Corpus;

/// <summary>
/// The shortest exercises in copying: a few random tokens, three to five times, at times with something between. In a document
/// this short the token to copy from stands out among few others, so a model finds the rule here first and in long rows after.
/// For one thread; the same random numbers give the same documents.
/// </summary>
internal sealed class RepetitionText(Tokenizer tokenizer, SeededRandom random)
{
    private readonly int[] _tokens = [.. Enumerable.Range(0, tokenizer.VocabularySize).Where(id => !tokenizer.IsAdded(id))];

    /// <summary>Makes the next document, at most 80 tokens: its ids, and 1 for each learned one.</summary>
    public (int[] Ids, byte[] Mask) Next()
    {
        var ids = new List<int>();
        var mask = new List<byte>();
        var segment = Draw(random.Between(3, 12));
        for (int time = 0, times = random.Between(3, 5); time < times; time++)
        {
            if (time > 0 && random.Chance(30)) Add(Draw(random.Between(1, 4)), learned: 0);
            // The first token of a repetition cannot be foretold, the others follow from it.
            Add(segment.AsSpan(0, 1), learned: 0);
            Add(segment.AsSpan(1), learned: time == 0 ? (byte)0 : (byte)1);
        }
        return ([.. ids], [.. mask]);

        void Add(ReadOnlySpan<int> tokens, byte learned)
        {
            ids.AddRange(tokens);
            while (mask.Count < ids.Count) mask.Add(learned);
        }
    }

    private int[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Pick(_tokens))];
}
