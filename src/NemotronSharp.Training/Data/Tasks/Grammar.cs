using System.Text;

namespace NemotronSharp.Training.Data.Tasks;

/// <summary>Phrasings in one line: <c>(Hi|Hello)( there|)!</c> stands for four texts.</summary>
internal static class Grammar
{
    /// <summary>One of the texts the pattern stands for.</summary>
    public static string Expand(SeededRandom random, string pattern)
    {
        var text = new StringBuilder();
        int at = 0;
        while (at < pattern.Length)
        {
            int open = pattern.IndexOf('(', at);
            if (open < 0) return text.Append(pattern, at, pattern.Length - at).ToString();
            int close = Closing(pattern, open);
            text.Append(pattern, at, open - at).Append(Expand(random, random.Pick(Alternatives(pattern[(open + 1)..close]))));
            at = close + 1;
        }
        return text.ToString();
    }

    private static int Closing(string pattern, int open)
    {
        for (int i = open, depth = 0; i < pattern.Length; i++)
            if (pattern[i] == '(') depth++;
            else if (pattern[i] == ')' && --depth == 0) return i;
        throw new FormatException($"'{pattern}' has no ')' for the '(' at {open}");
    }

    private static List<string> Alternatives(string inside)
    {
        var alternatives = new List<string>();
        int begin = 0, depth = 0;
        for (int i = 0; i < inside.Length; i++)
            if (inside[i] == '(') depth++;
            else if (inside[i] == ')') depth--;
            else if (inside[i] == '|' && depth == 0)
            {
                alternatives.Add(inside[begin..i]);
                begin = i + 1;
            }
        alternatives.Add(inside[begin..]);
        return alternatives;
    }
}
