using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using NemotronSharp.Cli;
using NemotronSharp.Cli.Commands;

var result = RootCommandBuilder.Create().Parse(args, new ParserConfiguration
{
    // A prompt may begin with an @: it names nobody's response file.
    ResponseFileTokenReplacer = null,
});
if (result.Action is ParseErrorAction)
{
    ErrorLine.Write($"{string.Join("; ", result.Errors.Select(e => e.Message))} (see {CommandPath(result.CommandResult)} --help)");
    return ExitCodes.Failed;
}

try
{
    return await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (OperationCanceledException)
{
    return ExitCodes.Interrupted;
}
catch (Exception e)
{
    ErrorLine.Write(e);
    return ExitCodes.Failed;
}

static string CommandPath(CommandResult command) =>
    command.Parent is CommandResult parent ? $"{CommandPath(parent)} {command.Command.Name}" : command.Command.Name;
