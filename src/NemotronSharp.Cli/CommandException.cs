namespace NemotronSharp.Cli;

/// <summary>What a user can put right: the message says what was found and what was expected.</summary>
internal sealed class CommandException(string message) : Exception(message);
