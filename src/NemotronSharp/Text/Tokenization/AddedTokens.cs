using System.Buffers;

namespace NemotronSharp.Text;

/// <summary>A token outside the byte-pair merges, matched in trusted text as it stands; special ones vanish when decoding skips specials.</summary>
internal readonly record struct AddedToken(int Id, string Content, bool IsSpecial);

/// <summary>Finds added tokens in trusted text: the leftmost, of several at one place the longest. Read-only, for any thread.</summary>
internal sealed class AddedTokens
{
    private readonly Dictionary<string, AddedToken> _byContent = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AddedToken>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private readonly SearchValues<char> _firstCharacters;
    private readonly int[] _lengthsDescending;

    public AddedTokens(IEnumerable<AddedToken> tokens)
    {
        foreach (var token in tokens) _byContent.Add(token.Content, token);
        _bySpan = _byContent.GetAlternateLookup<ReadOnlySpan<char>>();
        _firstCharacters = SearchValues.Create([.. _byContent.Keys.Select(k => k[0]).Distinct()]);
        _lengthsDescending = [.. _byContent.Keys.Select(k => k.Length).Distinct().OrderDescending()];
    }

    public int? IdOf(string content) => _byContent.TryGetValue(content, out var token) ? token.Id : null;

    /// <summary>The first added token in <paramref name="text"/>: where it starts and which it is; false when there is none.</summary>
    public bool TryFind(ReadOnlySpan<char> text, out int start, out AddedToken token)
    {
        for (start = 0; ; start++)
        {
            var skip = text[start..].IndexOfAny(_firstCharacters);
            if (skip < 0) break;
            start += skip;
            foreach (var length in _lengthsDescending)
                if (length <= text.Length - start && _bySpan.TryGetValue(text.Slice(start, length), out token)) return true;
        }
        token = default;
        return false;
    }
}
