using System.Net;
using System.Text;

namespace NemotronSharp.Training.Data.Corpus;

/// <summary>Plain text as pico reads it.</summary>
internal static class TextCleaning
{
    /// <summary>Markdown headings and rules are furniture; typographic signs become the plain ones of a small vocabulary.</summary>
    public static string Clean(string text)
    {
        text = WebUtility.HtmlDecode(text).ReplaceLineEndings("\n").Replace('“', '"').Replace('”', '"').Replace('’', '\'').Replace('‘', '\'').Replace("—", " - ").Replace('–', '-').Replace("…", "...").Replace('\u00A0', ' ').Replace(" ()", "");
        var kept = text.Split('\n').Where(l => !l.StartsWith('#') && !l.StartsWith("---", StringComparison.Ordinal)).Select(l => l.Trim());
        return string.Join('\n', kept.Where(l => l.Length > 0));
    }

    /// <summary>Consecutive passages of about so many characters, cut at paragraph ends (a longer paragraph is a passage of its own); together they are the text.</summary>
    public static IEnumerable<string> Passages(string text, int characters)
    {
        var passage = new StringBuilder();
        foreach (string paragraph in Split(text, "\n"))
        {
            if (passage.Length > 0 && passage.Length + paragraph.Length > characters)
            {
                yield return passage.ToString();
                passage.Clear();
            }
            passage.Append(paragraph);
        }
        if (passage.Length > 0) yield return passage.ToString();
    }

    /// <summary>The stretches of a text up to and with each <paramref name="end"/>.</summary>
    public static IEnumerable<string> Split(string text, string end)
    {
        for (int start = 0; start < text.Length;)
        {
            int at = text.IndexOf(end, start, StringComparison.Ordinal);
            int next = at < 0 ? text.Length : at + end.Length;
            yield return text[start..next];
            start = next;
        }
    }
}
