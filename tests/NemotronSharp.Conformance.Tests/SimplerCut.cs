using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using NemotronSharp.Tests.Text;

namespace NemotronSharp.Conformance.Tests;

/// <summary>
/// What llama.cpp does with the family's text: it cuts by simpler patterns than tokenizer.json's. With "tekken", combining marks are no part of a word and only ASCII
/// letters have case. With "pixtral", case plays no part, numbers are cut in threes, and English contractions are cut off. The merges are the same.
/// Written from these definitions, over the reference table alone.
/// </summary>
internal static partial class SimplerCut
{
    public const string Tekken = "tekken", Pixtral = "pixtral";

    private static readonly Dictionary<string, int> Ranks = RealTokenizer.Ranked.Index().ToDictionary(t => Convert.ToHexString(t.Item), t => t.Index);

    /// <summary>Whether the family's pattern and a simpler one can differ on a text at all.</summary>
    public static bool MayDiffer(string text, string pieces) => pieces == Pixtral
        ? text.EnumerateRunes().Any(r => IsMark(r) || r.Value is '\'' or '/')
        : text.EnumerateRunes().Any(r => IsMark(r) || r.Value > 127 && Rune.GetUnicodeCategory(r) is UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter);

    /// <summary>The ids of a text without added tokens.</summary>
    public static IEnumerable<int> Encode(string text, string pieces)
    {
        Rune[] runes = [.. text.EnumerateRunes()];
        // One UTF-16 unit a character, so that the pattern sees characters outside the first plane as what they are.
        var stand = string.Concat(runes.Select(StandIn));
        return (pieces == Pixtral ? PixtralPattern() : TekkenPattern()).Matches(stand).SelectMany(piece => Merge(Encoding.UTF8.GetBytes(string.Concat(runes.AsSpan(piece.Index, piece.Length).ToArray()))));
    }

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    private static char StandIn(Rune rune) => rune.IsBmp ? (char)rune.Value : Rune.IsLetter(rune) ? '日' : Rune.IsNumber(rune) ? '²' : '☃';

    // A whole token at once where the piece is one; otherwise the two neighbours whose bytes together have the lowest rank, until no pair has one.
    private static IEnumerable<int> Merge(byte[] piece)
    {
        List<string> parts = [.. piece.Select(b => Convert.ToHexString([b]))];
        if (Ranks.TryGetValue(string.Concat(parts), out var whole)) return [1000 + whole];
        while (true)
        {
            var (best, at) = (int.MaxValue, -1);
            for (var i = 0; i + 1 < parts.Count; i++)
                if (Ranks.TryGetValue(parts[i] + parts[i + 1], out var rank) && rank < best) (best, at) = (rank, i);
            if (at < 0) return parts.Select(p => 1000 + Ranks[p]);
            parts[at] += parts[at + 1];
            parts.RemoveAt(at + 1);
        }
    }

    [GeneratedRegex(@"[^\r\n\p{L}\p{N}]?(?:[\p{L}-[a-z]]*[\p{L}-[A-Z]]+|[\p{L}-[a-z]]+[\p{L}-[A-Z]]*)|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")]
    private static partial Regex TekkenPattern();

    [GeneratedRegex(@"'(?i:s|t|re|ve|m|ll|d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")]
    private static partial Regex PixtralPattern();
}
