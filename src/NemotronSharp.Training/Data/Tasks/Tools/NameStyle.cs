using System.Text;

namespace NemotronSharp.Training.Data.Tasks.Tools;

/// <summary>The ways programmers spell a name of several words.</summary>
internal static class NameStyle
{
    /// <summary>One of the usual spellings of a function's name, snake case most often.</summary>
    public static string Function(SeededRandom random, string words) => random.Next(100) switch
    {
        < 82 => Snake(words),
        < 96 => Camel(words),
        _ => words.Replace(' ', '-'),
    };

    public static string Snake(string words) => words.Replace(' ', '_');

    public static string Camel(string words)
    {
        string[] parts = words.Split(' ', '_');
        return parts[0] + string.Concat(parts.Skip(1).Select(Words.Capital));
    }

    /// <summary>The words of a name, in lower case.</summary>
    public static string Spoken(string name)
    {
        var words = new StringBuilder();
        foreach (char c in name)
        {
            if (char.IsUpper(c) && words.Length > 0) words.Append(' ');
            words.Append(c is '_' or '-' ? ' ' : char.ToLowerInvariant(c));
        }
        return words.ToString();
    }
}
