using System.CommandLine;
using System.Text.Json;

namespace NemotronSharp.LlamaCpp;

/// <summary>The other end of <see cref="EngineProcess"/>; not for users.</summary>
internal static class MeasureCommand
{
    public static Command Create()
    {
        var plan = new Option<string>(EngineProcess.PlanFile) { Required = true };
        var logits = new Option<string>(EngineProcess.Logits) { Required = true };
        var output = new Option<string>(EngineProcess.Result) { Required = true };
        var llama = new Option<bool>(EngineProcess.Llama);
        var command = new Command(EngineProcess.Command, "One engine alone") { plan, logits, output, llama };
        command.Hidden = true;
        command.SetAction(result =>
        {
            var what = JsonSerializer.Deserialize<MeasurementPlan>(File.ReadAllText(result.GetRequiredValue(plan)))!;
            var measurement = Measurement.Take(result.GetValue(llama), what, result.GetRequiredValue(logits));
            File.WriteAllText(result.GetRequiredValue(output), JsonSerializer.Serialize(measurement));
        });
        return command;
    }
}
