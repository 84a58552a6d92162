namespace NemotronSharp.Training.Data.Corpus;

/// <summary>The words of a text as stable hashes: runs of letters and digits in lower case, punctuation left out.</summary>
internal ref struct WordReader(ReadOnlySpan<char> text)
{
    private ReadOnlySpan<char> _rest = text;

    public bool Next(out ulong word)
    {
        int start = 0;
        while (start < _rest.Length && !char.IsLetterOrDigit(_rest[start])) start++;
        int end = start;
        ulong hash = 0xCBF29CE484222325;
        for (; end < _rest.Length && char.IsLetterOrDigit(_rest[end]); end++)
            hash = (hash ^ char.ToLowerInvariant(_rest[end])) * 0x100000001B3;
        word = StableHash.Mix(hash);
        _rest = _rest[end..];
        return end > start;
    }
}
