using System.Text;

namespace NemotronSharp.Training.Data.Corpus;

/// <summary>Comma-separated values (RFC 4180) with a header.</summary>
internal static class Csv
{
    /// <summary>The cells of the named columns.</summary>
    /// <exception cref="InvalidDataException">A column is missing.</exception>
    public static IEnumerable<string> Columns(string content, IReadOnlyList<string> names, string file)
    {
        int[]? columns = null;
        foreach (var row in Rows(content))
        {
            if (columns is null)
            {
                columns = [.. names.Select(n => row.IndexOf(n))];
                int missing = Array.IndexOf(columns, -1);
                if (missing >= 0) throw new InvalidDataException($"{file}: found columns {string.Join(", ", row)}, expected '{names[missing]}' among them");
                continue;
            }
            foreach (int column in columns)
                if (column < row.Count) yield return row[column];
        }
    }

    private static IEnumerable<List<string>> Rows(string content)
    {
        var row = new List<string>();
        var cell = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < content.Length; i++)
        {
            char c = content[i];
            if (quoted && c == '"' && i + 1 < content.Length && content[i + 1] == '"') cell.Append(content[++i]);
            else if (c == '"') quoted = !quoted;
            else if (quoted || c is not (',' or '\n' or '\r')) cell.Append(c);
            else if (c != '\r')
            {
                row.Add(cell.ToString());
                cell.Clear();
                if (c == ',') continue;
                yield return row;
                row = [];
            }
        }
        if (cell.Length > 0 || row.Count > 0)
        {
            row.Add(cell.ToString());
            yield return row;
        }
    }
}
