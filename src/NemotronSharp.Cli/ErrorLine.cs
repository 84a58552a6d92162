using NemotronSharp.Cli.Terminal;
using NemotronSharp.Text;

namespace NemotronSharp.Cli;

/// <summary>Errors as one red line on the error output.</summary>
internal static class ErrorLine
{
    /// <summary>Set to 1 to see where an error comes from.</summary>
    private const string DebugVariable = "NEMOTRON_DEBUG";

    public static void Write(Exception error)
    {
        // What the engine throws on bad files and arguments speaks for itself; anything else is a defect of ours and says so.
        var expected = error is InvalidDataException or IOException or ArgumentException or UnauthorizedAccessException or InvalidOperationException or CommandException or ChatTemplateException;
        Write(expected ? MessageOf(error) : $"internal error, please report it: {error.GetType().Name}: {error.Message} (with {DebugVariable}=1 you see where)");
        if (Environment.GetEnvironmentVariable(DebugVariable) == "1") Console.Error.WriteLine(error);
    }

    public static void Write(string message) =>
        Console.Error.WriteLine(Style.Red(Console.IsErrorRedirected, "nemotron: " + string.Join(' ', Printable.Of(message).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))));

    /// <summary>The parameter's name, which ArgumentException appends, means nothing to who typed a command.</summary>
    private static string MessageOf(Exception error)
    {
        var suffix = error is ArgumentException { ParamName: { } name } ? $" (Parameter '{name}')" : "";
        var end = suffix.Length == 0 ? -1 : error.Message.IndexOf(suffix, StringComparison.Ordinal);
        return end < 0 ? error.Message : error.Message[..end];
    }
}
