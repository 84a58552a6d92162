using System.Buffers;

namespace NemotronSharp.Text.Templates;

/// <summary>Python's string operations on texts that carry trust: whatever is cut, joined or replaced, each character keeps its own.</summary>
internal static class PythonText
{
    /// <summary>What str.isspace() accepts: Unicode white space and the four separators U+001C to U+001F.</summary>
    public static char[] Whitespace { get; } = [.. Enumerable.Range(0, 0x10000).Select(code => (char)code).Where(IsWhitespace)];

    private static readonly SearchValues<char> WhitespaceValues = SearchValues.Create(Whitespace);

    private static readonly SearchValues<char> Surrogates = SearchValues.Create([.. Enumerable.Range(0xD800, 0x800).Select(code => (char)code)]);

    public static bool IsWhitespace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    /// <summary>Order by code point; UTF-16 order differs where surrogates are compared with U+E000 to U+FFFF.</summary>
    public static int Compare(string a, string b)
    {
        var same = a.AsSpan().CommonPrefixLength(b);
        if (same == a.Length || same == b.Length) return a.Length.CompareTo(b.Length);
        var (x, y) = (a[same], b[same]);
        return char.IsSurrogate(x) == char.IsSurrogate(y) ? x.CompareTo(y) : char.IsSurrogate(x) ? 1 : -1;
    }

    public static PromptText Strip(PromptText text, string? characters, bool left, bool right)
    {
        // Many characters to strip are looked up together: one by one they would multiply the time.
        var strip = characters is null ? WhitespaceValues : SearchValues.Create(characters);
        var span = text.Value.AsSpan();
        var (start, last) = (span.IndexOfAnyExcept(strip), span.LastIndexOfAnyExcept(strip));
        if (start < 0) return PromptText.Empty;
        if (!left) start = 0;
        var end = right ? last + 1 : span.Length;
        return text.Slice(start, end - start);
    }

    public static List<Value> Split(RenderContext context, PromptText text, string separator, int limit)
    {
        context.Search(text.Length, separator.Length);
        var pieces = new List<Value>();
        var start = 0;
        while (pieces.Count != limit && text.Value.IndexOf(separator, start, StringComparison.Ordinal) is var at && at >= 0)
        {
            Add(context, pieces, text.Slice(start, at - start));
            start = at + separator.Length;
        }
        Add(context, pieces, text.Slice(start, text.Length - start));
        return pieces;
    }

    public static List<Value> SplitFromRight(RenderContext context, PromptText text, string separator, int limit)
    {
        context.Search(text.Length, separator.Length);
        var pieces = new List<Value>();
        var end = text.Length;
        while (pieces.Count != limit && text.Value.AsSpan(0, end).LastIndexOf(separator, StringComparison.Ordinal) is var at && at >= 0)
        {
            Add(context, pieces, text.Slice(at + separator.Length, end - at - separator.Length));
            end = at;
        }
        Add(context, pieces, text.Slice(0, end));
        pieces.Reverse();
        return pieces;
    }

    public static List<Value> SplitOnWhitespace(RenderContext context, PromptText text, int limit)
    {
        var pieces = new List<Value>();
        var value = text.Value;
        for (var at = 0; ;)
        {
            while (at < value.Length && IsWhitespace(value[at])) at++;
            if (at == value.Length) return pieces;
            var start = at;
            if (pieces.Count == limit)
            {
                Add(context, pieces, text.Slice(start, text.Length - start));
                return pieces;
            }
            while (at < value.Length && !IsWhitespace(value[at])) at++;
            Add(context, pieces, text.Slice(start, at - start));
        }
    }

    public static List<PromptText> SplitLines(RenderContext context, PromptText text, bool keepEnds = false)
    {
        var lines = new List<PromptText>();
        var value = text.Value;
        for (var start = 0; start < value.Length;)
        {
            context.Step();
            var end = start;
            while (end < value.Length && !IsLineEnd(value[end])) end++;
            var next = end == value.Length ? end : value[end] == '\r' && end + 1 < value.Length && value[end + 1] == '\n' ? end + 2 : end + 1;
            lines.Add(text.Slice(start, (keepEnds ? next : end) - start));
            start = next;
        }
        return lines;
    }

    /// <summary>
    /// str.replace. What replaces untrusted text is untrusted, even where the template spells it out: otherwise a template that
    /// protects a tag by renaming it and back (replace('&lt;/x&gt;', '…') and later the reverse) would turn a user's text into the tag.
    /// </summary>
    public static PromptText Replace(RenderContext context, PromptText text, string old, PromptText replacement, int limit)
    {
        if (old.Length == 0) return InsertEverywhere(context, text, replacement, limit);
        context.Search(text.Length, old.Length);
        if (limit < 0 && Trust(text) is { } trust && (!trust || replacement.IsTrusted(0, replacement.Length)))
        {
            var matches = (long)text.Value.AsSpan().Count(old);
            if (matches == 0) return text;
            context.Write(text.Length + (matches * (replacement.Length - old.Length)));
            return WithTrust(text.Value.Replace(old, replacement.Value, StringComparison.Ordinal), trust);
        }
        var result = new PromptTextBuilder();
        var distrusted = PromptText.Untrusted(replacement.Value);
        var start = 0;
        for (var count = 0; count != limit && text.Value.IndexOf(old, start, StringComparison.Ordinal) is var at && at >= 0; count++)
        {
            context.Step();
            context.Write(at - start + replacement.Length);
            result.Append(text.Slice(start, at - start)).Append(text.IsTrusted(at, old.Length) ? replacement : distrusted);
            CheckLength(context, result);
            start = at + old.Length;
        }
        if (start == 0) return text;
        context.Write(text.Length - start);
        return result.Append(text.Slice(start, text.Length - start)).ToPromptText();
    }

    // Python's "ab".replace("", "-") is "-a-b-".
    private static PromptText InsertEverywhere(RenderContext context, PromptText text, PromptText inserted, int limit)
    {
        var result = new PromptTextBuilder();
        var count = 0;
        foreach (var character in Characters(context, text))
        {
            context.Write(inserted.Length + 1);
            if (count++ != limit && (limit < 0 || count <= limit)) result.Append(inserted);
            result.Append(character);
            CheckLength(context, result);
        }
        if (limit < 0 || count < limit) result.Append(inserted);
        return result.ToPromptText();
    }

    public static void CheckLength(RenderContext context, PromptTextBuilder builder)
    {
        if (builder.Length > Limits.TextLength) context.Write(builder.Length);
    }

    public static PromptText Repeat(RenderContext context, PromptText text, long times)
    {
        if (times <= 0 || text.Length == 0) return PromptText.Empty;
        context.Write(times > Limits.TextLength ? long.MaxValue / 2 : times * text.Length);
        if (Trust(text) is { } trust) return WithTrust(Repeat(text.Value, (int)times), trust);
        context.Step(times);
        var result = new PromptTextBuilder();
        for (var i = 0L; i < times; i++) result.Append(text);
        return result.ToPromptText();
    }

    // The trust of a text that has one kind only, as most have; null where it is mixed.
    private static bool? Trust(PromptText text)
    {
        if (text.IsTrusted(0, text.Length)) return true;
        return text.Runs().Skip(1).Any() ? null : false;
    }

    private static PromptText WithTrust(string text, bool trusted) => trusted ? PromptText.Trusted(text) : PromptText.Untrusted(text);

    private static string Repeat(string text, int times) => string.Create(text.Length * times, text, (span, unit) =>
    {
        unit.CopyTo(span);
        for (var filled = unit.Length; filled < span.Length; filled *= 2) span[..Math.Min(filled, span.Length - filled)].CopyTo(span[filled..]);
    });

    /// <summary>The same text with other characters in the same places, such as another case.</summary>
    public static PromptText WithCharacters(PromptText text, string characters)
    {
        var result = new PromptTextBuilder();
        foreach (var (start, end, trusted) in text.Runs())
        {
            if (trusted) result.AppendTrusted(characters.AsSpan(start, end - start));
            else result.AppendUntrusted(characters.AsSpan(start, end - start));
        }
        return result.ToPromptText();
    }

    /// <summary>Python counts code points where .NET counts UTF-16 units.</summary>
    public static int CountCharacters(RenderContext context, string text)
    {
        context.Search(text.Length);
        if (!text.AsSpan().ContainsAny(Surrogates)) return text.Length;
        var count = 0;
        for (var at = 0; at < text.Length; at += CharacterLength(text, at)) count++;
        return count;
    }

    /// <summary>The code points, each as a text of its own.</summary>
    public static IEnumerable<PromptText> Characters(RenderContext context, PromptText text)
    {
        for (int at = 0, length; at < text.Length; at += length)
        {
            // A text object for every character weighs more than a step.
            context.Step(8);
            length = CharacterLength(text.Value, at);
            yield return text.Slice(at, length);
        }
    }

    /// <summary>The UTF-16 places at which code points start, and the end; null where each code point is one unit.</summary>
    public static int[]? CharacterStarts(RenderContext context, string text)
    {
        context.Search(text.Length);
        if (!text.AsSpan().ContainsAny(Surrogates)) return null;
        context.Step(text.Length / 16);
        var starts = new List<int>(text.Length);
        for (var at = 0; at < text.Length; at += CharacterLength(text, at)) starts.Add(at);
        starts.Add(text.Length);
        return [.. starts];
    }

    private static int CharacterLength(string text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;

    private static bool IsLineEnd(char c) => c is '\n' or '\r' or '\v' or '\f' or (>= '\x1c' and <= '\x1e') or '\x85' or '\u2028' or '\u2029';

    private static void Add(RenderContext context, List<Value> pieces, PromptText piece)
    {
        context.Step();
        context.Write(piece.Length);
        pieces.Add(new StringValue(piece));
    }
}
