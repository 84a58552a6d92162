using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using NemotronSharp.Training.Lineage;
using Spectre.Console;

namespace NemotronSharp.Training.Data;

/// <summary><c>nemotron-train data prepare RECIPE</c>.</summary>
internal static class DataCommand
{
    public static Command Create()
    {
        var recipe = new Argument<string>("recipe") { Description = "the data recipe, JSON with comments" };
        var output = new Option<string>("--out") { Description = "folder to fill", DefaultValueFactory = _ => "runs/data" };
        var sources = new Option<string>("--source-root") { Description = "folder of the text sources", DefaultValueFactory = _ => Path.Combine("..", "shared", "data") };
        var prepare = new Command("prepare", "Make tokenizer, packed datasets, held-out cases and manifest from a recipe. Example: ./nemotron data prepare recipes/pico/data.jsonc --out runs/data") { recipe, output, sources };
        prepare.SetAction(parsed =>
        {
            try
            {
                Prepare(parsed.GetValue(recipe)!, parsed.GetValue(sources)!, parsed.GetValue(output)!);
                return 0;
            }
            catch (Exception e) when (e is InvalidDataException or IOException or ArgumentException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"nemotron-train: {e.Message}");
                return 1;
            }
        });
        return new Command("data", "Prepare training data.") { prepare };
    }

    /// <summary>Makes everything a recipe asks for, shows it, and writes its manifest.</summary>
    public static void Prepare(string path, string sourceRoot, string output)
    {
        var recipe = DataRecipe.Load(path);
        var begun = Stopwatch.StartNew();
        Directory.CreateDirectory(output);
        File.Delete(Path.Combine(output, LineageManifest.FileName)); // it comes last
        JsonObject? manifest = null;
        AnsiConsole.Progress().HideCompleted(false).Start(progress =>
        {
            var stages = new Dictionary<string, ProgressTask>();
            manifest = new DataPreparation(recipe, path, sourceRoot, output, (stage, done) =>
            {
                if (!stages.TryGetValue(stage, out var task)) stages[stage] = task = progress.AddTask(stage);
                task.Value = Math.Min(100, 100 * done);
            }).Run();
        });
        DataLineage.Write(recipe, path, sourceRoot, output, manifest!, begun.Elapsed.TotalSeconds);
        var table = new Table().AddColumns("part", "rows", "documents", "tokens", "learned", "tokens/document", "fill");
        foreach (var part in manifest!["parts"]!.AsArray())
            table.AddRow([.. new[] { "name", "rows", "documents", "tokens", "learned_tokens", "tokens_per_document", "fill" }.Select(field => part![field]!.ToString())]);
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"{manifest["vocabulary"]} token ids; {Path.Combine(output, "manifest.json")}");
    }
}
