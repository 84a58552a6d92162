namespace NemotronSharp.Training.Data.Corpus;

/// <summary>
/// Word 13-grams of everything a model will be judged on; a training text that shares one of them is contaminated
/// (Brown et al. 2020). Texts of fewer than 13 words have none. Memory follows the evaluation sets, not the corpus. For one thread.
/// </summary>
internal sealed class NGramIndex
{
    private const int Words = 13;
    private const ulong Base = 0x9E3779B97F4A7C15;
    private readonly HashSet<ulong> _grams = [];

    /// <summary>Number of different 13-grams.</summary>
    public int Count => _grams.Count;

    public void Add(ReadOnlySpan<char> text)
    {
        var window = new Window(text);
        while (window.Next(out ulong gram)) _grams.Add(gram);
    }

    /// <summary>Whether the text shares a 13-gram with an evaluation text.</summary>
    public bool Touches(ReadOnlySpan<char> text)
    {
        var window = new Window(text);
        while (window.Next(out ulong gram))
            if (_grams.Contains(gram)) return true;
        return false;
    }

    // A rolling polynomial over the last 13 word hashes, modulo 2^64.
    private ref struct Window(ReadOnlySpan<char> text)
    {
        private static readonly ulong _highest = Power(Words);
        private readonly ulong[] _words = new ulong[Words];
        private WordReader _reader = new(text);
        private int _count;
        private ulong _sum;

        public bool Next(out ulong gram)
        {
            while (_reader.Next(out ulong word))
            {
                int place = _count % Words;
                _sum = _sum * Base + word - _words[place] * _highest;
                _words[place] = word;
                if (++_count < Words) continue;
                gram = StableHash.Mix(_sum);
                return true;
            }
            gram = 0;
            return false;
        }

        private static ulong Power(int exponent)
        {
            ulong power = 1;
            for (int i = 0; i < exponent; i++) power = unchecked(power * Base);
            return power;
        }
    }
}
