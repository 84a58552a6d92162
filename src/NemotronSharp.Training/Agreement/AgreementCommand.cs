using System.CommandLine;
using System.Globalization;
using NemotronSharp.Training.Native;

namespace NemotronSharp.Training.Agreement;

/// <summary><c>nemotron-train agreement</c>: the table of docs/agreement.md.</summary>
internal static class AgreementCommand
{
    public static Command Create()
    {
        var model = new Option<string?>("--model", "-m") { Description = "also compare this Hugging Face folder, e.g. models/pico" };
        var command = new Command("agreement", "Compare the engine's logits with the TorchSharp model's, for every layer kind. Example: ./nemotron agreement -m models/pico") { model };
        command.SetAction(parsed =>
        {
            try
            {
                TorchNative.Load();
                Print(parsed.GetValue(model));
                return 0;
            }
            catch (Exception e) when (e is InvalidDataException or IOException or ArgumentException or DllNotFoundException)
            {
                Console.Error.WriteLine($"nemotron-train: {e.Message}");
                return 1;
            }
        });
        return command;
    }

    private static void Print(string? folder)
    {
        Console.WriteLine($"| model ({AgreementCases.Tokens} random tokens) | logits | largest logit | largest difference | relative | same top token |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        foreach (var (name, config) in AgreementCases.All) Print(name, AgreementCases.Measure(config));
        if (folder is null) return;
        var ids = AgreementCases.Ids(NemotronConfig.Load(Path.Combine(folder, "config.json")));
        Print($"`{Path.GetFileName(Path.TrimEndingDirectorySeparator(folder))}`", LogitAgreement.Measure(folder, ids));
    }

    private static void Print(string name, (LogitAgreement Main, LogitAgreement? Mtp) result)
    {
        Print(name, result.Main);
        if (result.Mtp is { } mtp) Print($"{name}: draft logits", mtp);
    }

    private static void Print(string name, LogitAgreement a) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"| {name} | {a.Logits:N0} | {a.Largest:F2} | {a.MaxDifference:0.0e-0} | {a.Relative:0.0e-0} | {a.TopOne:P1} |"));
}
