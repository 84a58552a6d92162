using System.CommandLine;
using NemotronSharp.Cli.Benchmarks;
using static System.FormattableString;

namespace NemotronSharp.Cli.Commands;

/// <summary><c>nemotron bench</c>: tokens a second of prompts and of decoding, and the share of what the machine can do.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var (model, activations, keyValues, json) = (CommonOptions.Model(), CommonOptions.Activations(), CommonOptions.KeyValues(), CommonOptions.Json("the rows"));
        var prompts = NumberList.Option("--prompt", "-p", [512], "Tokens of the prompts, separated by commas; 0 for none", least: 0);
        var decode = new Option<int>("--decode", "-n") { Description = "Tokens to decode one by one; 0 for none", DefaultValueFactory = _ => 64, HelpName = "N" };
        var depths = NumberList.Option("--depth", "-d", [0], "Tokens that the sequence has seen before", least: 0);
        var sequences = NumberList.Option("--sequences", "-s", [], "Sequences that decode together, one token each in a step; tokens a second of all of them", least: 2);
        var threads = NumberList.Option("--threads", "-t", [Environment.ProcessorCount], "Threads that compute, more than cores as well; results are the same for any number", least: 1);
        var repetitions = CommonOptions.AtLeastOne(new("--repetitions", "-r") { Description = "Runs of each row, behind one that warms up; the median is shown", DefaultValueFactory = _ => 3, HelpName = "N" });
        var command = new ExampleCommand("bench", "Measures tokens a second, and the share of the machine's limits",
            "./nemotron bench -p 128,512 -n 64", "./nemotron bench -m nano.gguf -p 512,2048 -n 64 -d 0,4096 -t 2 --json", "./nemotron bench -p 0 -n 64 -t 1,2,4,8", "./nemotron bench -p 0 -n 64 --sequences 8,16")
        {
            model, prompts, decode, depths, sequences, repetitions, threads, activations, keyValues, json,
        };
        command.Validators.Add(result =>
        {
            if (!result.Errors.Any() && result.GetValue(decode) < 0) result.AddError($"--decode: found {result.GetValue(decode)}, expected at least 0");
        });
        command.SetAction(result =>
        {
            using var interrupt = new Interrupt();
            var path = ModelFolder.Find(result.GetValue(model));
            int[] lengths = [.. result.GetRequiredValue(prompts).Where(p => p > 0)];
            var rows = new List<BenchmarkRow>();
            var limits = new List<MachineLimits>();
            BenchmarkReport? report = null;
            foreach (var count in result.GetRequiredValue(threads).Distinct())
            {
                var options = CommonOptions.Engine(count, result.GetRequiredValue(activations), result.GetRequiredValue(keyValues));
                using var engine = NemotronEngine.Load(path, options);
                using var meter = new MachineMeter(count);
                limits.Add(meter.Measure());
                using var benchmark = new Benchmark(engine, meter, count, interrupt.Token);
                foreach (var depth in result.GetRequiredValue(depths).Distinct()) benchmark.Add(depth, lengths, result.GetValue(decode), result.GetValue(sequences) ?? []);
                rows.AddRange(benchmark.Run(result.GetValue(repetitions), Progress));
                report = new BenchmarkReport(engine.Config, TokenCost.Of(engine, options), limits, rows, HugePages.Mapped(path));
            }
            if (result.GetValue(json)) Console.WriteLine(report!.ToJson().ToJsonString(CliJson.Indented));
            else report!.Write();
        });
        return command;
    }

    private static void Progress(BenchmarkRow row, BenchmarkRun run)
    {
        if (!Console.IsErrorRedirected) Console.Error.WriteLine(Invariant($"{row.Name}, {row.Threads} threads: {run.TokensPerSecond:0.00} tokens/s beside {run.Limits.ReadBytesPerSecond / 1e9:0.0} GB/s"));
    }
}
