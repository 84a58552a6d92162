using System.Diagnostics;
using System.Text.Json;

namespace NemotronSharp.LlamaCpp;

/// <summary>How a run of one engine in a process of its own ended.</summary>
/// <param name="ExitCode">0 if there is a measurement; above 128 a signal ended the process.</param>
/// <param name="Error">What it wrote to the error output.</param>
/// <param name="Measurement">Null when it failed.</param>
internal sealed record EngineOutcome(int ExitCode, string Error, Measurement? Measurement);

/// <summary>Runs an engine in a process of its own: its memory is counted alone, and llama.cpp may abort without ending more than itself.</summary>
internal static class EngineProcess
{
    public const string Command = "measure", PlanFile = "--plan", Logits = "--logits", Result = "--result", Llama = "--llama";

    /// <summary>This program, also when it is used as a library.</summary>
    private static readonly string Executable = Path.Combine(AppContext.BaseDirectory, "NemotronSharp.LlamaCpp");

    /// <summary>Runs one engine; the logits go to <paramref name="logits"/>.</summary>
    public static EngineOutcome Run(bool llama, MeasurementPlan plan, string logits)
    {
        var (planFile, result) = (logits + ".plan.json", logits + ".result.json");
        File.WriteAllText(planFile, JsonSerializer.Serialize(plan));
        var start = new ProcessStartInfo(Executable, [Command, PlanFile, planFile, Logits, logits, Result, result, .. llama ? [Llama] : Array.Empty<string>()]) { RedirectStandardError = true };
        // An aborting ggml would start a debugger to print a stack.
        start.Environment["GGML_NO_BACKTRACE"] = "1";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return new EngineOutcome(process.ExitCode, error, process.ExitCode == 0 ? JsonSerializer.Deserialize<Measurement>(File.ReadAllText(result)) : null);
    }
}
