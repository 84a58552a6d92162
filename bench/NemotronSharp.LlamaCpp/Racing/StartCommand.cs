using System.CommandLine;
using System.Diagnostics;
using static System.FormattableString;

namespace NemotronSharp.LlamaCpp;

/// <summary><c>start</c>: how long a program takes from its start to its first byte of output, and to its end.</summary>
internal static class StartCommand
{
    public static Command Create()
    {
        var runs = new Option<int>("--runs", "-r") { Description = "How often it is started, behind once that fills the page cache", HelpName = "N", DefaultValueFactory = _ => 20 };
        runs.Validators.Add(result =>
        {
            if (!result.Errors.Any() && result.GetValueOrDefault<int>() is < 1 and var found) result.AddError($"--runs: found {found}, expected at least 1");
        });
        var program = new Argument<string[]>("COMMAND") { Description = "The program and its arguments", Arity = ArgumentArity.OneOrMore };
        var command = new Command("start", "Times a program from its start to its first byte of output") { runs, program };
        command.SetAction(result =>
        {
            var line = result.GetRequiredValue(program);
            Time(line);
            var times = new (double First, double End)[result.GetValue(runs)];
            for (var i = 0; i < times.Length; i++) times[i] = Time(line);
            Console.WriteLine("| s | median | range |\n|---|---:|---|");
            Print("start to first output", times.Select(t => t.First));
            Print("start to end", times.Select(t => t.End));
        });
        return command;
    }

    private static (double First, double End) Time(string[] line)
    {
        var start = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var begin = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.BaseStream;
        var spoke = output.ReadByte() >= 0;
        var first = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        output.CopyTo(Stream.Null);
        process.WaitForExit();
        var end = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        if (process.ExitCode != 0 || !spoke) throw new InvalidDataException($"{line[0]} ended with {process.ExitCode}, expected output and 0: {error.Result.Trim()}");
        return (first, end);
    }

    private static void Print(string name, IEnumerable<double> times)
    {
        double[] all = [.. times];
        Console.WriteLine(Invariant($"| {name} | {PairedRatios.Median(all):0.000} | {all.Min():0.000} to {all.Max():0.000} ({all.Length} runs) |"));
    }
}
