using System.CommandLine;
using System.Diagnostics;
using NemotronSharp.Cli.Evaluation;
using NemotronSharp.Cli.Terminal;
using NemotronSharp.Generation;
using NemotronSharp.Text;
using Spectre.Console;
using static System.FormattableString;

namespace NemotronSharp.Cli.Commands;

/// <summary><c>nemotron perplexity</c>: how well a model predicts a text, by llama.cpp's definition.</summary>
internal static class PerplexityCommand
{
    public static Command Create()
    {
        var model = CommonOptions.Model();
        var (threads, activations, keyValues) = (CommonOptions.Threads(), CommonOptions.Activations(), CommonOptions.KeyValues());
        var json = CommonOptions.Json("the result");
        var file = new Option<string>("--file", "-f") { Description = "The text, UTF-8; - reads standard input", HelpName = "FILE", Required = true };
        var context = new Option<int>("--context", "-c")
        {
            Description = "Tokens of a chunk: each is read from a fresh state, and its second half is scored",
            DefaultValueFactory = _ => Perplexity.DefaultContext,
            HelpName = "N",
        };
        context.Validators.Add(result =>
        {
            if (!result.Errors.Any() && result.GetValueOrDefault<int>() is < Perplexity.LeastContext and var found) result.AddError($"--context: found {found}, expected at least {Perplexity.LeastContext}");
        });
        var chunks = CommonOptions.AtLeastOne(new("--chunks") { Description = "Most chunks to read [default: all]", HelpName = "N" });
        var command = new ExampleCommand(
            "perplexity", "Measures how well a model predicts a text (as llama.cpp's perplexity does: the second half of each chunk is scored)",
            "./nemotron perplexity --file README.md", "./nemotron perplexity -m nano-NVFP4.gguf --file wiki.test.raw --chunks 20 --json")
        {
            model, file, context, chunks, threads, activations, keyValues, json,
        };
        command.SetAction(result =>
        {
            var (path, source) = (ModelFolder.Find(result.GetValue(model)), result.GetRequiredValue(file));
            var text = InputText.ReadStrict(source);
            var tokenizer = ModelText.LoadTokenizer(path);
            var (ids, length) = (tokenizer.Encode(text), result.GetValue(context));
            if (ids.Length < length) throw new CommandException($"{source}: found {ids.Length} tokens, expected at least the {length} of one chunk; --context sets fewer");
            var count = Math.Min(ids.Length / length, result.GetResult(chunks) is null ? int.MaxValue : result.GetValue(chunks));
            using var engine = NemotronEngine.Load(path, CommonOptions.Engine(result.GetValue(threads), result.GetRequiredValue(activations), result.GetRequiredValue(keyValues)));

            var report = Progress(progress => Measure(engine, tokenizer, ids, length, count, progress));
            if (report.Chunks == 0) return ExitCodes.Interrupted;
            if (result.GetValue(json)) Console.WriteLine(report.ToJson(Path.GetFileName(path), source).ToJsonString(CliJson.Indented));
            else Print(report);
            return report.IsPartial ? ExitCodes.Interrupted : ExitCodes.Done;
        });
        return command;
    }

    private static PerplexityReport Measure(NemotronEngine engine, Tokenizer tokenizer, int[] ids, int context, int count, ProgressTask? progress)
    {
        using var interrupt = new Interrupt();
        var report = new PerplexityReport { Context = context, AllChunks = count, Chunks = 0, Perplexity = default, ScoredBytes = 0, Elapsed = default };
        var clock = Stopwatch.StartNew();
        progress?.MaxValue(count);
        try
        {
            foreach (var chunk in Perplexity.Measure(engine, ids[..(context * count)], context, interrupt.Token))
            {
                report = report with
                {
                    Chunks = report.Chunks + 1,
                    Perplexity = report.Perplexity + chunk.Perplexity,
                    ScoredBytes = report.ScoredBytes + chunk.Scored.Sum(id => (long)tokenizer.BytesOf(id).Length),
                    Elapsed = clock.Elapsed,
                };
                progress?.Description(Invariant($"chunk {report.Chunks} of {count}, perplexity {report.Perplexity.Value:0.0000}")).Increment(1);
            }
        }
        catch (OperationCanceledException)
        {
            // What was read until then is a result too, and says that it is partial.
        }
        return report;
    }

    // Where nobody looks, nothing but the result is written.
    private static PerplexityReport Progress(Func<ProgressTask?, PerplexityReport> measure) => Console.IsErrorRedirected
        ? measure(null)
        : AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }).Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new RemainingTimeColumn())
            .Start(context => measure(context.AddTask("perplexity")));

    private static void Print(PerplexityReport report)
    {
        var table = Tables.New().HideHeaders().AddColumn("").AddColumn("");
        void Add(string what, FormattableString value) => table.AddTextRow(what, Invariant(value));
        if (report.IsPartial) Add("PARTIAL", $"stopped after {report.Chunks} of {report.AllChunks} chunks");
        Add("perplexity", $"{report.Perplexity.Value:0.0000} ± {report.Perplexity.StandardError:0.0000}");
        Add("bits per byte", $"{report.BitsPerByte:0.0000}");
        Add("tokens scored", $"{report.Perplexity.Tokens:N0} of {(long)report.Context * report.Chunks:N0}, the second half of each of {report.Chunks:N0} chunks of {report.Context:N0}");
        Add("speed", $"{report.TokensPerSecond:0.0} tokens a second, {report.Elapsed.TotalSeconds:0.0} s");
        Tables.Write(table);
    }
}
