using System.CommandLine;
using NemotronSharp.Training.Data;
using NemotronSharp.Training.Pretraining;
using Spectre.Console;

namespace NemotronSharp.Training.Lineage;

/// <summary>
/// <c>nemotron-train reproduce</c>: makes a recipe's data and the first steps of each of its stages again and compares every hash with the recorded
/// ones. A stage that goes on with another's weights begins with the published ones, so that hours of training need not come first.
/// </summary>
internal static class ReproduceCommand
{
    public static Command Create()
    {
        var recipe = new Option<string>("--recipe") { Description = "recipe folder", DefaultValueFactory = _ => TrainCommand.DefaultRecipe };
        var expected = new Option<string>("--expected") { Description = "the recorded hashes", DefaultValueFactory = _ => Path.Combine("models", "pico", "first-steps.json") };
        var begin = new Option<string>("--base") { Description = "published model that a stage with 'from' begins with", DefaultValueFactory = _ => Path.Combine("models", "pico", "base") };
        var output = new Option<string>("--out") { Description = "folder for the data and the short runs; those of an earlier time are replaced", DefaultValueFactory = _ => Path.Combine("runs", "reproduce") };
        var sources = new Option<string>("--source-root") { Description = "folder of the text sources", DefaultValueFactory = _ => Path.Combine("..", "shared", "data") };
        var record = new Option<int?>("--record") { Description = "write the file instead, from so many steps of each stage" };
        var threads = new Option<int>("--threads") { Description = "threads to record with; afterwards the file says how many", DefaultValueFactory = _ => 2 };
        var command = new Command("reproduce", "Make the data and the first steps of every stage again and compare them bit by bit. Example: ./nemotron reproduce") { recipe, expected, begin, output, sources, record, threads };
        command.SetAction(parsed =>
        {
            try
            {
                var file = parsed.GetValue(expected)!;
                var known = parsed.GetValue(record) is { } steps ? new FirstSteps(steps, parsed.GetValue(threads), Producer.Processor(), [], []) : FirstSteps.Load(file);
                var found = Run(known, parsed.GetValue(recipe)!, parsed.GetValue(begin)!, parsed.GetValue(output)!, parsed.GetValue(sources)!);
                if (parsed.GetValue(record) is null)
                {
                    var published = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, Publication.ChainFolder);
                    var stages = Stage.Names(parsed.GetValue(recipe)!).Select(name => Stage.Find(name, parsed.GetValue(recipe)!, parsed.GetValue(output)!));
                    return Compare(known, found) & PublishedLosses.Compare(stages, published) ? 0 : 1;
                }
                found.Save(file);
                Console.WriteLine($"recorded in {file}");
                return 0;
            }
            catch (Exception e) when (e is InvalidDataException or IOException or ArgumentException or UnauthorizedAccessException or DllNotFoundException)
            {
                Console.Error.WriteLine($"nemotron-train: {e.Message}");
                return 1;
            }
        });
        return command;
    }

    private static FirstSteps Run(FirstSteps known, string recipeFolder, string begin, string output, string sources)
    {
        var data = Path.Combine(output, "data");
        DataCommand.Prepare(Path.Combine(recipeFolder, "data.jsonc"), sources, data);
        var made = LineageManifest.Load(Path.Combine(data, LineageManifest.FileName)).Outputs;
        var found = known with { Processor = Producer.Processor(), Data = [], Weights = [] };
        foreach (var file in made) found.Data[file.Path] = file.Sha256;
        foreach (var name in Stage.Names(recipeFolder))
        {
            var stage = Stage.Find(name, recipeFolder, output);
            if (Directory.Exists(stage.Output)) Directory.Delete(stage.Output, recursive: true);
            var recipe = Recipe.Load(stage.RecipeFile) with { Data = Path.GetFullPath(data) };
            found.Weights[name] = StageRun.Run(stage, recipe, new RunOptions(Resume: false, known.Threads, Until: known.Steps, Begin: begin));
        }
        return found;
    }

    private static bool Compare(FirstSteps known, FirstSteps found)
    {
        var same = Compare("data", known.Data, found.Data) & Compare($"weights after {known.Steps} steps", known.Weights, found.Weights);
        if (!same && known.Processor != found.Processor)
            AnsiConsole.WriteLine($"recorded on {known.Processor}, this is {found.Processor}: weights are only sure to be the same bits where vector instructions are the same");
        return same;
    }

    private static bool Compare(string title, IDictionary<string, string> known, IDictionary<string, string> found)
    {
        var tree = new Tree(Markup.Escape(title));
        var same = true;
        foreach (var name in known.Keys.Union(found.Keys).Order(StringComparer.Ordinal))
        {
            string expected = known.TryGetValue(name, out var k) ? k : "nothing", actual = found.TryGetValue(name, out var f) ? f : "nothing";
            same &= expected == actual;
            tree.AddNode(new Markup(expected == actual ? $"[green]✓[/] {Markup.Escape(name)}" : $"[red]✗[/] {Markup.Escape(name)} [red]differs[/]"));
            if (expected != actual) Console.Error.WriteLine($"nemotron-train: {title}: {name}: found {actual}, expected {expected}");
        }
        AnsiConsole.Write(tree);
        return same;
    }
}
