using System.Text;

namespace NemotronSharp.Cli.Evaluation;

/// <summary>The table in a Markdown file, between two comments; what stands around it stays.</summary>
internal static class ModelCard
{
    private const string Begin = "<!-- eval -->", End = "<!-- /eval -->";

    /// <exception cref="CommandException">The file exists and has no place for the table.</exception>
    public static void Check(string path)
    {
        if (File.Exists(path)) Split(path, File.ReadAllText(path));
    }

    /// <summary>Replaces the table, or makes a file with nothing else.</summary>
    public static void Write(string path, IReadOnlyList<ReportRow> rows, string remark)
    {
        var (before, after) = File.Exists(path) ? Split(path, File.ReadAllText(path)) : ("", "\n");
        File.WriteAllText(path, $"{before}{Begin}\n{Table(rows)}\n{remark}\n{End}{after}");
    }

    private static (string Before, string After) Split(string path, string text)
    {
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        return begin >= 0 && end > begin
            ? (text[..begin], text[(end + End.Length)..])
            : throw new CommandException($"--markdown {path}: found no place for the table, expected the lines {Begin} and {End}");
    }

    private static string Table(IReadOnlyList<ReportRow> rows)
    {
        var text = new StringBuilder();
        text.AppendLine().AppendLine(Line(ReportRow.Columns)).AppendLine("|---|---:|---:|---:|---|---:|---|");
        foreach (var row in rows) text.AppendLine(Line(row.Cells));
        return text.ToString().ReplaceLineEndings("\n");
    }

    private static string Line(string[] cells) => $"| {string.Join(" | ", cells.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal)))} |";
}
