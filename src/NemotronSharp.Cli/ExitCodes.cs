namespace NemotronSharp.Cli;

internal static class ExitCodes
{
    public const int Done = 0;
    public const int Failed = 1;

    /// <summary>What a shell reports of a program ended by Ctrl+C: 128 + SIGINT.</summary>
    public const int Interrupted = 130;
}
