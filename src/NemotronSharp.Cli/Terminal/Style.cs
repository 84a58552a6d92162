namespace NemotronSharp.Cli.Terminal;

/// <summary>The few escape sequences the commands use; none when the output is not a terminal or NO_COLOR is set (no-color.org).</summary>
internal static class Style
{
    public const string DimOn = "\e[2m", Off = "\e[0m";

    public static bool IsOff(bool redirected) => redirected || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public static string Red(bool redirected, string text) => IsOff(redirected) ? text : $"\e[31m{text}{Off}";

    public static string Dim(bool redirected, string text) => IsOff(redirected) ? text : DimOn + text + Off;
}
