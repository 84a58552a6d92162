using NemotronSharp.Text;

namespace NemotronSharp.Training.Data.Corpus;

/// <summary>
/// Tokenizes a document into pieces of at most a row: whole when it fits, else cut at paragraph ends, inside a longer paragraph at
/// sentence ends, and only inside a sentence longer than a row between two tokens. Nothing is lost; the end mark follows the last piece.
/// For one thread.
/// </summary>
internal sealed class TextCutter(Tokenizer tokenizer, int rowLength)
{
    /// <summary><c>&lt;/s&gt;</c>: separates pre-training documents in the family.</summary>
    public const int EndOfDocument = 2;

    public IEnumerable<int[]> Pieces(string document)
    {
        int[] whole = [.. tokenizer.Encode(document), EndOfDocument];
        if (whole.Length <= rowLength)
        {
            yield return whole;
            yield break;
        }
        var piece = new List<int>(rowLength);
        foreach (int[] unit in Units(document).Append([EndOfDocument]))
        {
            if (piece.Count > 0 && piece.Count + unit.Length > rowLength)
            {
                yield return [.. piece];
                piece.Clear();
            }
            piece.AddRange(unit);
        }
        yield return [.. piece];
    }

    private IEnumerable<int[]> Units(string document)
    {
        foreach (string paragraph in TextCleaning.Split(document, "\n"))
        {
            int[] ids = tokenizer.Encode(paragraph);
            if (ids.Length <= rowLength) yield return ids;
            else
                foreach (int[] piece in TextCleaning.Split(paragraph, ". ").SelectMany(s => tokenizer.Encode(s).Chunk(rowLength))) yield return piece;
        }
    }
}
