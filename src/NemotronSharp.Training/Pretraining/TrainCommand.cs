using System.CommandLine;
using System.CommandLine.Parsing;
using NemotronSharp.Training.Lineage;

namespace NemotronSharp.Training.Pretraining;

/// <summary><c>nemotron-train train STAGE</c>.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var stage = new Argument<string>("stage") { Description = "a stage of the recipe folder, or the path of a stage's recipe file" };
        var recipe = new Option<string>("--recipe") { Description = "recipe folder: STAGE.jsonc for each stage", DefaultValueFactory = _ => DefaultRecipe };
        var output = new Option<string?>("--out") { Description = "folder with a folder for each stage: log, curves, checkpoints, weights, lineage [default: runs/RECIPE]" };
        var resume = new Option<bool>("--resume") { Description = "go on from the stage's newest checkpoint" };
        var threads = new Option<int?>("--threads") { Description = "threads for the arithmetic; their number is part of the result [default: all cores; with --resume those of the run]" };
        var steps = new Option<int?>("--steps") { Description = "all steps of the stage, instead of the recipe's; may change while the rate is on its plateau" };
        var until = new Option<int?>("--until") { Description = "stop after this step; unlike --steps this leaves the schedule as it is" };
        var every = new Option<int?>("--checkpoint-every") { Description = "steps between checkpoints, instead of the recipe's minutes" };
        var data = new Option<string?>("--data") { Description = "folder of the packed datasets, instead of the recipe's" };
        var device = new Option<string>("--device") { Description = "where the arithmetic runs; cuda needs NEMOTRON_LIBTORCH=FOLDER, a libtorch with CUDA (torch/lib of a PyTorch install), and repeats no bits", DefaultValueFactory = _ => RunOptions.Cpu }.AcceptOnlyFromAmong(RunOptions.Cpu, RunOptions.Cuda);
        var stages = Stage.Names(DefaultRecipe);
        var command = new Command("train", "Train a stage of a recipe. Example: ./nemotron train pretrain"
            + (stages.Count > 0 ? $"\nStages of {DefaultRecipe}: {string.Join(", ", stages)}" : "")) { stage, recipe, output, resume, threads, steps, until, every, data, device };
        foreach (var option in new[] { threads, steps, until, every }) option.Validators.Add(Positive);
        command.SetAction(parsed =>
        {
            try
            {
                var found = Stage.Find(parsed.GetValue(stage)!, parsed.GetValue(recipe)!, parsed.GetValue(output));
                var loaded = Recipe.Load(found.RecipeFile);
                if (parsed.GetValue(steps) is { } all) loaded = loaded with { Steps = all };
                if (parsed.GetValue(data) is { } folder) loaded = loaded with { Data = Path.GetFullPath(folder) };
                var sameThreads = parsed.GetValue(resume) ? RunStart.Load(found)?.Threads : null;
                StageRun.Run(found, loaded, new RunOptions(parsed.GetValue(resume), parsed.GetValue(threads) ?? sameThreads ?? Environment.ProcessorCount, parsed.GetValue(until), parsed.GetValue(every), Device: parsed.GetValue(device)!));
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

    private static void Positive(OptionResult result)
    {
        if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && number <= 0) result.AddError($"{result.Option.Name}: found {number}, expected a positive number");
    }

    // From any folder, the recipe that ships with the program.
    public static string DefaultRecipe { get; } =
        Path.Combine("recipes", "pico") is var here && Directory.Exists(here) || Environment.GetEnvironmentVariable("NEMOTRON_HOME") is not { } home
            ? here : Path.Combine(home, "recipes", "pico");
}
