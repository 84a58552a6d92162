namespace NemotronSharp.LlamaCpp;

/// <summary>What the race asks of an engine's process, one JSON object a line: to fill a sequence to a depth and keep it, or to run a row.</summary>
/// <param name="Fill">Depth to fill to; null to run <paramref name="Row"/>.</param>
/// <param name="Row">What to time; null to fill.</param>
internal sealed record SessionRequest(int? Fill, RaceRow? Row);

/// <summary>The answer, one line; the first comes unasked, when the first token's logits are there.</summary>
/// <param name="Seconds">What was asked for took.</param>
/// <param name="Memory">Of the process.</param>
/// <param name="Cost">With the first answer of this project's engine.</param>
/// <param name="Error">Why nothing was done.</param>
internal sealed record SessionReply(double Seconds, ProcessMemory? Memory, TokenCost? Cost, string? Error);
