using System.Text;
using NemotronSharp.Text;

namespace NemotronSharp.Training.Pretraining;

/// <summary>Which tokens write the same word: with or without the space before it, with or without a capital.</summary>
internal static class TokenKin
{
    /// <returns>For every token the first of its kin, often itself.</returns>
    /// <exception cref="InvalidDataException">The file is no tokenizer.</exception>
    public static IReadOnlyList<int> Of(string tokenizerJson)
    {
        var tokenizer = Tokenizer.Load(tokenizerJson);
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        var kin = new int[tokenizer.VocabularySize];
        for (var id = 0; id < kin.Length; id++)
        {
            var text = Encoding.UTF8.GetString(tokenizer.BytesOf(id));
            var word = (text.StartsWith(' ') ? text[1..] : text).ToLowerInvariant();
            var alone = tokenizer.IsAdded(id) || !word.Any(char.IsLetterOrDigit) || word.Contains('\uFFFD');
            kin[id] = alone || first.TryAdd(word, id) ? id : first[word];
        }
        return kin;
    }
}
