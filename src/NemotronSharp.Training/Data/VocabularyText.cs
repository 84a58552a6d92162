using System.Text.RegularExpressions;
using NemotronSharp.Text;

namespace NemotronSharp.Training.Data;

/// <summary>Feeds rendered text to the BPE trainer in the pieces the tokenizer will see: control tokens cut it and are not counted.</summary>
internal static partial class VocabularyText
{
    /// <param name="trainer">Receives the pieces.</param>
    /// <param name="text">A rendered conversation, or plain text.</param>
    /// <param name="copied">Words of this text are copied to places without a space before them (arguments, answers), so both spellings should be tokens.</param>
    public static void Count(BpeTrainer trainer, string text, bool copied)
    {
        int done = 0;
        foreach (var match in ControlToken().EnumerateMatches(text))
        {
            CountPlain(trainer, text.AsSpan(done, match.Index - done), copied);
            done = match.Index + match.Length;
        }
        CountPlain(trainer, text.AsSpan(done), copied);
    }

    private static void CountPlain(BpeTrainer trainer, ReadOnlySpan<char> text, bool copied)
    {
        while (!text.IsEmpty)
        {
            int length = PreTokenizer.NextPiece(text);
            // '=get' and '>get' would be other tokens than 'get': a small model copies a name more easily when it is spelled alike everywhere.
            if (length > 1 && char.IsLetter(text[1]) && !char.IsLetter(text[0]) && text[0] is not (' ' or '_' or '\'' or '<')) length = 1;
            trainer.Count(text[..length]);
            if (copied && length > 1 && text[0] == ' ') trainer.Count(text[1..length]);
            text = text[length..];
        }
    }

    [GeneratedRegex(@"<\|im_(start|end)\|>|</?think>|</?tool_call>|</?tool_response>")]
    private static partial Regex ControlToken();
}
