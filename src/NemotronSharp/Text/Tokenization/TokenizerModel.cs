namespace NemotronSharp.Text;

/// <summary>The content of a tokenizer file before it is put to work: what <see cref="TokenizerJson"/> reads and <see cref="Tokenizer"/> is built from.</summary>
/// <param name="Source">Names the file in errors.</param>
/// <param name="Vocabulary">Tokens in the byte alphabet, to their ids.</param>
/// <param name="Merges">Pairs of ids and the id each merges into, lowest rank first.</param>
/// <param name="Added">Added tokens, control tokens among them.</param>
/// <param name="IgnoreMerges">Whether a piece that is itself a token is taken without merging.</param>
internal sealed record TokenizerModel(
    string Source,
    Dictionary<string, int> Vocabulary,
    IReadOnlyList<(int Left, int Right, int Result)> Merges,
    IReadOnlyList<AddedToken> Added,
    bool IgnoreMerges)
{
    /// <summary>One past the highest id allowed: more than thrice the largest vocabulary in use.</summary>
    public const int MaxIds = 10_000_000;

    /// <summary>UTF-16 units of an added token; each place of a prompt is compared with added tokens of every length.</summary>
    public const int LongestAdded = 1024;

    // Ids may have gaps, but tables are as long as the highest: a bound on what few tokens can make us allocate.
    private const int FreeIds = 1 << 16, IdsPerToken = 16;

    /// <summary>Refuses ids far above the number of tokens, and added tokens beyond <see cref="LongestAdded"/>.</summary>
    /// <exception cref="InvalidDataException">As said; the message names the token.</exception>
    public void CheckBounds()
    {
        var most = FreeIds + (long)IdsPerToken * (Vocabulary.Count + Added.Count);
        foreach (var (token, id) in Vocabulary)
            if (id >= most) throw Error($"model.vocab[\"{Excerpt.Of(token)}\"]", $"{id}", $"an id below {most} among {Vocabulary.Count + Added.Count} tokens");
        foreach (var (id, content, _) in Added)
        {
            if (id >= most) throw Error($"added_tokens \"{Excerpt.Of(content)}\".id", $"{id}", $"an id below {most} among {Vocabulary.Count + Added.Count} tokens");
            if (content.Length > LongestAdded) throw Error($"added_tokens \"{Excerpt.Of(content)}\"", $"{content.Length} characters long", $"at most {LongestAdded}");
        }
    }

    public InvalidDataException Error(string field, string found, string expected) =>
        Error(Source, field, found, expected);

    public static InvalidDataException Error(string source, string field, string found, string expected) =>
        new($"{source}: {Excerpt.Of(field, 160)} is {Excerpt.Of(found, 300)}; expected {expected}");
}
