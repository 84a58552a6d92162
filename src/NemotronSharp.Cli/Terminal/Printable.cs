namespace NemotronSharp.Cli.Terminal;

/// <summary>Text from files on a terminal: its control characters would be commands there.</summary>
internal static class Printable
{
    /// <summary>The text with U+FFFD for every control character but line ends and tabs.</summary>
    public static string Of(string text) => text.Any(IsCommand) ? string.Concat(text.Select(c => IsCommand(c) ? '\uFFFD' : c)) : text;

    private static bool IsCommand(char c) => char.IsControl(c) && c is not ('\n' or '\r' or '\t');
}
