using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using NemotronSharp.Cli.Commands;

namespace NemotronSharp.LlamaCpp;

/// <summary><c>speed</c>: this engine and llama.cpp in turn on the same file, or this engine on two files.</summary>
internal static class SpeedCommand
{
    private const int Interrupted = 130;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create()
    {
        var model = new Option<string>("--model", "-m") { Description = "GGUF file", HelpName = "FILE", Required = true };
        var against = new Option<string?>("--against") { Description = "Not llama.cpp on the same file, but this engine on another one: a file or model folder", HelpName = "PATH" };
        var prompts = NumberList.Option("--prompt", "-p", [512], "Tokens of the prompts, separated by commas; 0 for none", least: 0);
        var decode = AtLeast(0, new Option<int>("--decode", "-n") { Description = "Tokens to decode one by one; 0 for none", HelpName = "N", DefaultValueFactory = _ => 64 });
        var depths = NumberList.Option("--depth", "-d", [0], "Tokens that a decoding sequence has seen before", least: 0);
        var pairs = AtLeast(1, new Option<int>("--pairs") { Description = "How often both engines run each row; medians are shown", HelpName = "N", DefaultValueFactory = _ => 5 });
        var opens = AtLeast(1, new Option<int>("--opens") { Description = "How often both are started to time the first token; with --one-at-a-time as often as there are pairs", HelpName = "N", DefaultValueFactory = _ => 3 });
        var threads = AtLeast(1, new Option<int>("--threads", "-t") { Description = "Threads of either engine", HelpName = "N", DefaultValueFactory = _ => Environment.ProcessorCount });
        string[] precisions = [.. Enum.GetNames<ActivationPrecision>().Select(name => name.ToLowerInvariant())];
        var activations = new Option<string>("--activations") { Description = "In which numbers this engine's activations meet quantized weights", HelpName = string.Join('|', precisions), DefaultValueFactory = _ => $"{new EngineOptions().Activations}".ToLowerInvariant() }.AcceptOnlyFromAmong(precisions);
        var alternating = new Option<bool>("--one-at-a-time") { Description = "Whole processes take turns, for files that memory does not hold twice (llama.cpp unpacks Q4_0 into memory of its own)" };
        var json = new Option<bool>("--json") { Description = "Print everything that was measured as JSON" };
        var command = new Command("speed", "Times this engine and llama.cpp in turn on the same file, each in a process of its own, and prints the ratios") { model, against, prompts, decode, depths, pairs, opens, threads, activations, alternating, json };
        command.SetAction(result =>
        {
            var path = Existing(result.GetRequiredValue(model));
            var other = result.GetValue(against) is { } second ? Existing(second) : null;
            var plan = new RacePlan(
                new Contestant(other is null ? "NemotronSharp" : Path.GetFileNameWithoutExtension(path), path, Llama: false),
                other is null ? new Contestant("llama.cpp", path, Llama: true) : new Contestant(Path.GetFileNameWithoutExtension(other), other, Llama: false),
                RaceRow.Of(result.GetRequiredValue(prompts), result.GetValue(decode), result.GetRequiredValue(depths)),
                result.GetValue(pairs), result.GetValue(opens), result.GetValue(threads),
                Enum.Parse<ActivationPrecision>(result.GetRequiredValue(activations), ignoreCase: true), result.GetValue(alternating));
            return Run(plan, result.GetValue(json));
        });
        return command;
    }

    private static int Run(RacePlan plan, bool json)
    {
        if (MemoryNeed.Check(plan, MemoryNeed.FileBytes, MemoryNeed.RepackedBytes, MemoryNeed.TotalBytes()) is { } warning) Console.Error.WriteLine($"compare-speed: {warning}");
        using var source = new CancellationTokenSource();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel), end = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        try
        {
            var race = new Race(plan, line => Console.Error.WriteLine($"{DateTime.Now.ToString("HH:mm:ss", CultureInfo.InvariantCulture)} {line}"), source.Token).Run();
            Console.WriteLine(json ? JsonSerializer.Serialize(RaceReport.Json(plan, race), Indented) : RaceReport.Markdown(plan, race));
            return 0;
        }
        catch (Exception) when (source.IsCancellationRequested)
        {
            // Whatever the engines' sudden ends made of it.
            return Interrupted;
        }

        void Cancel(PosixSignalContext context)
        {
            context.Cancel = true;
            source.Cancel();
        }
    }

    private static string Existing(string path) => File.Exists(path) || Directory.Exists(path) ? Path.GetFullPath(path) : throw new InvalidDataException($"{path}: found neither a file nor a folder, expected a model");

    private static Option<int> AtLeast(int least, Option<int> option)
    {
        option.Validators.Add(result =>
        {
            if (!result.Errors.Any() && result.GetValueOrDefault<int>() is var found && found < least) result.AddError($"{option.Name}: found {found}, expected at least {least}");
        });
        return option;
    }
}
