using System.Diagnostics;
using System.Text.Json.Nodes;
using NemotronSharp.Checkpoints;
using NemotronSharp.Cli.Terminal;
using NemotronSharp.Numerics;
using Spectre.Console;
using static System.FormattableString;

namespace NemotronSharp.Cli.Writing;

/// <summary>The writing of a model on the terminal: progress on standard error, Ctrl+C ends it without leftovers, and at the end a table of what the matrices became.</summary>
internal static class ModelWriting
{
    /// <returns>The exit code.</returns>
    public static int Run(string target, bool json, Func<IProgress<WriteProgress>, CancellationToken, WrittenTypes> write)
    {
        using var interrupt = new Interrupt();
        var clock = Stopwatch.StartNew();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        try
        {
            var written = Console.IsErrorRedirected
                ? write(new Progress<WriteProgress>(), interrupt.Token)
                : console.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
                    .Start(context => write(new Bar(context.AddTask(Markup.Escape(Path.GetFileName(target)))), interrupt.Token));
            if (json) Console.WriteLine(ToJson(target, written, clock.Elapsed).ToJsonString(CliJson.Indented));
            else Print(target, written, clock.Elapsed);
            return ExitCodes.Done;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine($"{target}: cancelled; nothing was left");
            return ExitCodes.Interrupted;
        }
    }

    private static void Print(string target, WrittenTypes written, TimeSpan time)
    {
        var table = Tables.New().AddColumn("part").AddColumn("type").AddColumn(new TableColumn("matrices").RightAligned()).AddColumn(new TableColumn("weights").RightAligned()).AddColumn(new TableColumn("bits each").RightAligned());
        foreach (var (part, type, matrices, weights, bytes) in written.Entries)
            table.AddTextRow(ModelPartNames.Of(part), TypeNames.Of(type), Invariant($"{matrices:N0}"), Invariant($"{weights:N0}"), Invariant($"{8.0 * bytes / weights:0.00}"));
        Tables.Write(table);
        var size = SizeOf(target);
        Console.WriteLine(Invariant($"{target}: {size:N0} bytes in {time.TotalSeconds:0.0} s ({size / 1e9 / time.TotalSeconds:0.00} GB/s)"));
    }

    private static JsonObject ToJson(string target, WrittenTypes written, TimeSpan time) => new()
    {
        ["path"] = target,
        ["bytes"] = SizeOf(target),
        ["seconds"] = time.TotalSeconds,
        ["parts"] = new JsonArray([.. written.Entries.Select(e => (JsonNode)new JsonObject
        {
            ["part"] = ModelPartNames.Of(e.Part),
            ["type"] = TypeNames.Of(e.Type),
            ["matrices"] = e.Matrices,
            ["weights"] = e.Weights,
            ["bytes"] = e.Bytes,
        })]),
    };

    private static long SizeOf(string target) => Directory.Exists(target) ? Directory.EnumerateFiles(target).Sum(f => new FileInfo(f).Length) : new FileInfo(target).Length;

    private sealed class Bar(ProgressTask task) : IProgress<WriteProgress>
    {
        public void Report(WriteProgress value)
        {
            task.MaxValue = value.Total;
            task.Value = value.Bytes;
        }
    }
}
