using System.Globalization;
using System.Text;

namespace NemotronSharp.Text;

/// <summary>
/// Cuts text into the pieces within which byte pairs may merge: the family's Split expression (<see cref="Pattern"/>), scanned by hand.
/// Works on code points, not UTF-16 units, so letters and marks outside the BMP are classed as what they are (a .NET Regex cannot).
/// A lone surrogate counts as U+FFFD, as it does once encoded.
/// </summary>
internal static class PreTokenizer
{
    /// <summary>The expression as a tokenizer.json of the family holds it.</summary>
    public const string Pattern =
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+" +
        @"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*" +
        @"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    // Classes of a code point, as bits. Lm, Lo and marks are both Upper and Lower; a mark is no Letter.
    private const int Upper = 1, Lower = 2, Letter = 4, Number = 8, Space = 16, NewLine = 32, Surrogate = 64;

    // One byte for each UTF-16 unit: one load per character for the whole BMP, ASCII included.
    private static readonly byte[] Classes = BuildClasses();

    /// <summary>The length, in UTF-16 units, of the first piece of a text that is not empty; the end of the span is the end of the text.</summary>
    public static int NextPiece(ReadOnlySpan<char> text)
    {
        var first = ClassAt(text, 0, out var width);
        var prefixed = 0;
        if ((first & (NewLine | Letter | Number)) == 0)
        {
            // Any one character but a line break, letter or number may lead a word.
            var end = LowerEndingWord(text, width, out prefixed);
            if (end != 0) return end;
            if (prefixed == width) prefixed = 0;
        }
        if ((first & (Upper | Lower)) != 0)
        {
            var end = LowerEndingWord(text, 0, out var upperEnd);
            if (end != 0) return end;
            return upperEnd;
        }
        if (prefixed != 0) return prefixed;
        if ((first & Number) != 0) return width;
        var symbols = SymbolRun(text);
        return symbols != 0 ? symbols : SpaceRun(text);
    }

    /// <summary>
    /// [Upper]*[Lower]+ from <paramref name="start"/>: its end, or 0 when it does not match, and then nothing but an upper run stands
    /// there ([Upper]+[Lower]* ends at <paramref name="upperEnd"/>; equal to <paramref name="start"/> when that does not match either).
    /// </summary>
    private static int LowerEndingWord(ReadOnlySpan<char> text, int start, out int upperEnd)
    {
        var lastLower = 0;
        var i = start;
        for (; i < text.Length;)
        {
            var c = ClassAt(text, i, out var width);
            if ((c & Upper) == 0)
            {
                if ((c & Lower) == 0) break;
                do i += width;
                while (i < text.Length && (ClassAt(text, i, out width) & Lower) != 0);
                upperEnd = start;
                return i;
            }
            i += width;
            // Where no lower-only letter follows the run, the expression backs off to the last character that is both.
            if ((c & Lower) != 0) lastLower = i;
        }
        upperEnd = i;
        return lastLower;
    }

    /// <summary> ?[^\s\p{L}\p{N}]+[\r\n/]* at the start of the text: its end, or 0.</summary>
    private static int SymbolRun(ReadOnlySpan<char> text)
    {
        var start = text[0] == ' ' ? 1 : 0;
        var i = start;
        while (i < text.Length && (ClassAt(text, i, out var width) & (Space | Letter | Number)) == 0) i += width;
        if (i == start) return 0;
        while (i < text.Length && text[i] is '\r' or '\n' or '/') i++;
        return i;
    }

    /// <summary>\s*[\r\n]+|\s+(?!\S)|\s+ at the start of the text, which is a space: its end. White space is one unit wide throughout.</summary>
    private static int SpaceRun(ReadOnlySpan<char> text)
    {
        var afterNewLine = 0;
        var i = 0;
        for (; i < text.Length && (Classes[text[i]] & Space) != 0; i++)
            if (text[i] is '\r' or '\n') afterNewLine = i + 1;
        if (afterNewLine != 0) return afterNewLine;
        return i == text.Length || i == 1 ? i : i - 1;
    }

    private static int ClassAt(ReadOnlySpan<char> text, int index, out int width)
    {
        width = 1;
        int c = Classes[text[index]];
        return c == Surrogate ? ClassOfPair(text, index, out width) : c;
    }

    private static int ClassOfPair(ReadOnlySpan<char> text, int index, out int width)
    {
        Rune.DecodeFromUtf16(text[index..], out var rune, out width);
        return ClassOf(Rune.GetUnicodeCategory(rune));
    }

    private static byte[] BuildClasses()
    {
        var classes = new byte[char.MaxValue + 1];
        for (var c = 0; c < classes.Length; c++)
            classes[c] = char.IsSurrogate((char)c) ? (byte)Surrogate
                : (byte)(ClassOf(char.GetUnicodeCategory((char)c)) | (char.IsWhiteSpace((char)c) ? Space : 0) | (c is '\r' or '\n' ? NewLine : 0));
        return classes;
    }

    private static int ClassOf(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => Letter | Upper,
        UnicodeCategory.LowercaseLetter => Letter | Lower,
        UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Letter | Upper | Lower,
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => Upper | Lower,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Number,
        _ => 0,
    };
}
