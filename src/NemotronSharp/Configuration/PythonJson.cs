using System.Text;

namespace NemotronSharp.Configuration;

/// <summary>JSON as Python writes it: <c>Infinity</c>, <c>-Infinity</c> and <c>NaN</c> stand bare, which strict parsers refuse.</summary>
internal static class PythonJson
{
    private static readonly string[] BareWords = ["-Infinity", "Infinity", "NaN"];

    /// <summary>Puts bare non-finite numbers in quotes; text inside strings is left alone.</summary>
    public static string QuoteNonFinite(string json)
    {
        if (!BareWords.Any(json.Contains)) return json;
        var result = new StringBuilder(json.Length + 16);
        var inString = false;
        for (var i = 0; i < json.Length; i++)
        {
            var word = inString || json[i] is not ('-' or 'I' or 'N') ? null : BareWordAt(json, i);
            if (word is not null)
            {
                result.Append('"').Append(word).Append('"');
                i += word.Length - 1;
                continue;
            }

            if (json[i] == '"') inString = !inString;
            result.Append(json[i]);
            if (inString && json[i] == '\\' && i + 1 < json.Length) result.Append(json[++i]);
        }

        return result.ToString();
    }

    private static string? BareWordAt(string json, int at)
    {
        foreach (var word in BareWords)
            if (string.CompareOrdinal(json, at, word, 0, word.Length) == 0) return word;
        return null;
    }
}
