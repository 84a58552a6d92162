namespace NemotronSharp.Cli;

/// <summary>Text that a command reads: a file's, or standard input's for the name <c>-</c>. Always UTF-8.</summary>
internal static class InputText
{
    public const string StandardInput = "-";

    public static string Read(string path)
    {
        if (path != StandardInput) return File.ReadAllText(path);
        using var reader = new StreamReader(Console.OpenStandardInput());
        return reader.ReadToEnd();
    }
}
