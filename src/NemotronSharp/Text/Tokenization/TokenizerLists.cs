namespace NemotronSharp.Text;

/// <summary>
/// A byte-level BPE tokenizer as lists, which is how GGUF keeps it: token texts by id (in the byte alphabet, added ones as they are), a type for each, and merges
/// <c>"left right"</c>, lowest rank first.
/// </summary>
/// <param name="Tokens">Text of every id.</param>
/// <param name="Types">1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte.</param>
/// <param name="Merges">Pairs.</param>
internal sealed record TokenizerLists(string[] Tokens, int[] Types, string[] Merges)
{
    private const int Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5;

    /// <exception cref="InvalidDataException">The lists contradict each other or hold what byte-level BPE has no use for; the message names the place.</exception>
    public TokenizerModel ToModel(string source)
    {
        if (Types.Length != Tokens.Length) throw TokenizerModel.Error(source, "the list of token types", $"of {Types.Length} entries", $"{Tokens.Length}, one a token");
        if (Tokens.Length > TokenizerModel.MaxIds) throw TokenizerModel.Error(source, "the vocabulary", $"of {Tokens.Length} tokens", $"at most {TokenizerModel.MaxIds}");
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        var added = new List<AddedToken>();
        for (var id = 0; id < Tokens.Length; id++)
        {
            switch (Types[id])
            {
                case Normal:
                    if (!vocabulary.TryAdd(Tokens[id], id)) throw TokenizerModel.Error(source, $"token {id}", $"\"{Tokens[id]}\", which token {vocabulary[Tokens[id]]} is too", "another text");
                    break;
                case Unknown or Control or UserDefined:
                    if (Tokens[id].Length == 0) throw TokenizerModel.Error(source, $"token {id}", "an added token without text", "a text");
                    added.Add(new AddedToken(id, Tokens[id], Types[id] != UserDefined));
                    break;
                case Unused: break;
                default: throw TokenizerModel.Error(source, $"the type of token {id}", $"{Types[id]}", "1 to 5, the types of byte-level BPE");
            }
        }

        var merges = new List<(int, int, int)>(Merges.Length);
        foreach (var merge in Merges)
        {
            var space = merge.IndexOf(' ');
            if (space <= 0 || merge.IndexOf(' ', space + 1) >= 0) throw TokenizerModel.Error(source, $"merge {merges.Count}", $"\"{merge}\"", "\"left right\"");
            merges.Add((IdOf(merge[..space]), IdOf(merge[(space + 1)..]), IdOf(merge.Remove(space, 1))));
        }
        return new TokenizerModel(source, vocabulary, merges, added, IgnoreMerges: false);

        int IdOf(string token) => vocabulary.TryGetValue(token, out var id) ? id : throw TokenizerModel.Error(source, $"merge {merges.Count}", $"about \"{token}\"", "tokens of the vocabulary");
    }

    /// <summary>The lists of a tokenizer; ids without a token are unused ones.</summary>
    /// <param name="model">Read from any file.</param>
    /// <param name="size">Number of ids, at least the tokenizer's.</param>
    public static TokenizerLists Of(TokenizerModel model, int size)
    {
        var (tokens, types) = (new string[size], new int[size]);
        for (var id = 0; id < size; id++) (tokens[id], types[id]) = ($"[PAD{id}]", Unused);
        foreach (var (token, id) in model.Vocabulary) (tokens[id], types[id]) = (token, Normal);
        foreach (var token in model.Added) (tokens[token.Id], types[token.Id]) = (token.Content, token.IsSpecial ? Control : UserDefined);
        return new TokenizerLists(tokens, types, [.. model.Merges.Select(m => $"{tokens[m.Left]} {tokens[m.Right]}")]);
    }
}
