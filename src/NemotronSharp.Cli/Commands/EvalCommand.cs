using System.CommandLine;
using NemotronSharp.Cli.Evaluation;
using NemotronSharp.Cli.Terminal;
using Spectre.Console;
using static System.FormattableString;

namespace NemotronSharp.Cli.Commands;

/// <summary><c>nemotron eval</c>: what a model can do on held-out cases and texts, as one table.</summary>
internal static class EvalCommand
{
    private const string ShippedCases = "heldout.jsonl";

    public static Command Create()
    {
        var named = new Argument<string?>("MODEL") { Description = "Model folder, or the name of one in models/ [default: the model that ships]", Arity = ArgumentArity.ZeroOrOne };
        var model = CommonOptions.Model();
        var (threads, activations, keyValues) = (CommonOptions.Threads(), CommonOptions.Activations(), CommonOptions.KeyValues());
        var json = CommonOptions.Json("everything measured");
        var cases = new Option<string?>("--cases") { Description = "Cases to answer, JSON lines [default: heldout.jsonl of the model folder]", HelpName = "FILE" };
        var data = new Option<string?>("--data") { Description = "Folder of the sources, for long look-ups and bits per byte [default: ../shared/data beside the repository]", HelpName = "FOLDER" };
        var skills = new Option<string[]>("--skill") { Description = $"Only this skill (may be repeated); also {CaseSelection.BitsPerByte}, {CaseSelection.Mtp}", HelpName = "NAME" };
        var limit = CommonOptions.AtLeastOne(new("--limit") { Description = "Most cases of a skill, thinking on and again thinking off, and most texts of a source", HelpName = "N" });
        var failures = new Option<string?>("--failures") { Description = "Write the wrongly answered cases here, with what the model said", HelpName = "FILE" };
        var markdown = new Option<string?>("--markdown") { Description = "Write the whole table here, between <!-- eval --> and <!-- /eval --> if the file exists", HelpName = "FILE" };
        var command = new ExampleCommand("eval", "Scores a model on held-out cases and texts", "./nemotron eval pico", "./nemotron eval pico --skill sum --limit 20 --failures wrong.jsonl")
        {
            named, model, cases, data, skills, limit, failures, markdown, json, threads, activations, keyValues,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(named) is not null && result.GetValue(model) is not null) result.AddError("found both MODEL and --model, expected one of them");
        });
        command.SetAction(async (result, _) =>
        {
            var folder = result.GetValue(named) is { } name ? ModelFolder.FindNamed(name) : ModelFolder.Find(result.GetValue(model));
            var selection = new CaseSelection(result.GetValue(skills) ?? [], result.GetResult(limit) is null ? int.MaxValue : result.GetValue(limit));
            var card = result.GetValue(markdown);
            if (card is not null && !selection.IsWhole) throw new CommandException("--markdown: found --skill or --limit, expected neither: a model card shows the whole table");
            if (card is not null) ModelCard.Check(card);
            // Of a GGUF file what lies beside it.
            var casesPath = result.GetValue(cases) ?? Path.Combine(File.Exists(folder) ? Path.GetDirectoryName(folder)! : folder, ShippedCases);
            if (!File.Exists(casesPath)) throw new CommandException($"{casesPath}: found no such file, expected cases there or by --cases");

            var report = await RunAsync(folder, casesPath, selection, DataFolder.Find(result.GetValue(data)), CommonOptions.Engine(result.GetValue(threads), result.GetRequiredValue(activations), result.GetRequiredValue(keyValues)));
            if (result.GetValue(failures) is { } wrong) File.WriteAllLines(wrong, report.Answers.Where(a => !a.Right).Select(a => a.FailureLine()));
            var rows = ReportRow.All(report);
            if (card is not null) ModelCard.Write(card, rows, Remark(report));
            if (result.GetValue(json)) Console.WriteLine(report.ToJson(Path.GetFileName(folder)).ToJsonString(CliJson.Indented));
            else Print(rows, report);
        });
        return command;
    }

    private static async Task<EvaluationReport> RunAsync(string folder, string casesPath, CaseSelection selection, DataFolder? data, EngineOptions engine)
    {
        List<EvaluationCase> cases = [.. EvaluationCase.Load(casesPath)];
        var (heldOut, pair) = (HeldOutText.Load(Path.GetDirectoryName(Path.GetFullPath(casesPath))!), ModelPair.Load(folder));
        using var pool = new ModelPool(folder, engine);
        using var interrupt = new Interrupt();
        var progress = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }).Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn());
        return await progress.StartAsync(context => new EvaluationRun(pool, selection, data, heldOut, context).RunAsync(cases, pair, interrupt.Token));
    }

    private static void Print(IReadOnlyList<ReportRow> rows, EvaluationReport report)
    {
        var table = Tables.New().AddColumns(ReportRow.Columns);
        foreach (var row in rows) table.AddTextRow(row.Cells);
        Tables.Write(table);
        Console.WriteLine(Remark(report));
    }

    private static string Remark(EvaluationReport report) => Invariant(
        $"{report.Answers.Count} conversations answered greedily in {report.AnswerSeconds:0} s: {report.PromptTokens:N0} prompt tokens ({report.PromptTimeShare:P0} of the time), {report.GeneratedTokens:N0} generated.");
}
