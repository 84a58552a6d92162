using System.CommandLine;
using NemotronSharp.LlamaCpp;

var root = new RootCommand("This engine beside llama.cpp v0.5.0") { CompareCommand.Create(), MeasureCommand.Create(), SpeedCommand.Create(), SessionCommand.Create(), StartCommand.Create() };
try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (Exception e) when (e is InvalidDataException or InvalidOperationException or IOException or ArgumentException or UnauthorizedAccessException or DllNotFoundException or PlatformNotSupportedException)
{
    Console.Error.WriteLine($"{root.Parse(args).CommandResult.Command.Name}: {e.Message}");
    return 1;
}
