using System.Text.RegularExpressions;
using NemotronSharp.Text;

namespace NemotronSharp.Training.Data;

/// <summary>Feeds rendered text to the BPE trainer in the pieces the tokenizer will see: control tokens cut it and are not counted.</summary>
internal static partial class VocabularyText
{
    public static void Count(BpeTrainer trainer, string text)
    {
        int done = 0;
        foreach (var match in ControlToken().EnumerateMatches(text))
        {
            CountPlain(trainer, text.AsSpan(done, match.Index - done));
            done = match.Index + match.Length;
        }
        CountPlain(trainer, text.AsSpan(done));
    }

    private static void CountPlain(BpeTrainer trainer, ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            int length = PreTokenizer.NextPiece(text);
            trainer.Count(text[..length]);
            text = text[length..];
        }
    }

    [GeneratedRegex(@"<\|im_(start|end)\|>|</?think>|</?tool_call>|</?tool_response>")]
    private static partial Regex ControlToken();
}
