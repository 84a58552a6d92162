using Spectre.Console;
using Cell = Spectre.Console.Text;

namespace NemotronSharp.Cli.Terminal;

/// <summary>Tables in the one look of all commands.</summary>
internal static class Tables
{
    // A pipe has no width: lines should not break where nobody looks.
    private const int WidthWithoutTerminal = 200;

    public static Table New() => new Table().Border(TableBorder.Simple);

    /// <summary>Adds a row of plain text; nothing in it is markup.</summary>
    public static void AddTextRow(this Table table, params ReadOnlySpan<string> cells)
    {
        var row = new Cell[cells.Length];
        for (var i = 0; i < row.Length; i++) row[i] = new Cell(Printable.Of(cells[i]));
        table.AddRow(row);
    }

    public static void Write(Table table)
    {
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = WidthWithoutTerminal;
        AnsiConsole.Write(table);
    }
}
