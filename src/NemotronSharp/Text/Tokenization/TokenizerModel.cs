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
    /// <summary>One past the highest id allowed: more than thrice the largest vocabulary in use, and a bound on what a file can make us allocate.</summary>
    public const int MaxIds = 10_000_000;

    public InvalidDataException Error(string field, string found, string expected) =>
        Error(Source, field, found, expected);

    public static InvalidDataException Error(string source, string field, string found, string expected) =>
        new($"{source}: {field} is {found}; expected {expected}");
}
