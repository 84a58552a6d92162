namespace NemotronSharp.Training.Data.Corpus;

/// <summary>
/// Lets a text into training once: exact duplicates, near duplicates and texts that touch an evaluation set are counted and refused.
/// Memory follows the number of texts and the evaluation sets. For one thread.
/// </summary>
/// <param name="evaluation">13-grams of the evaluation sets.</param>
/// <param name="judged">13-grams of our own cases; held-out texts are added to it.</param>
internal sealed class CorpusFilter(NGramIndex evaluation, NGramIndex judged)
{
    private readonly HashSet<ulong> _exact = [];
    private readonly NearDuplicateIndex _near = new();

    /// <summary>Takes a held-out text: training then refuses its copies, and whatever shares a 13-gram with it. False when it is a copy itself.</summary>
    public bool HoldOut(string text)
    {
        if (!_exact.Add(Key(text)) || !_near.TryAdd(text)) return false;
        judged.Add(text);
        return true;
    }

    /// <summary>Whether training may have the text.</summary>
    public bool Keep(string text, SourceCounts counts)
    {
        counts.Passages++;
        if (!_exact.Add(Key(text))) counts.ExactDuplicates++;
        else if (evaluation.Touches(text) || judged.Touches(text)) counts.Contaminated++;
        else if (!_near.TryAdd(text)) counts.NearDuplicates++;
        else
        {
            counts.Kept++;
            return true;
        }
        return false;
    }

    // Case, punctuation and white space do not make a text another one.
    private static ulong Key(string text)
    {
        ulong key = 0;
        var reader = new WordReader(text);
        while (reader.Next(out ulong word)) key = StableHash.Mix(key + word);
        return key;
    }
}
