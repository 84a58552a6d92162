using NemotronSharp.Numerics;
using NemotronSharp.Training.Lineage;
using NemotronSharp.Training.Native;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Pretraining;

/// <summary>How a stage is run, apart from its recipe.</summary>
/// <param name="Resume">Go on from the newest checkpoint.</param>
/// <param name="Threads">Threads for the arithmetic; their number is part of the result.</param>
/// <param name="Until">Stop after this step.</param>
/// <param name="CheckpointEvery">Steps between checkpoints, instead of the recipe's minutes.</param>
internal sealed record RunOptions(bool Resume, int Threads, int? Until = null, int? CheckpointEvery = null);

/// <summary>Runs a stage: steps, log, checkpoints, exports, at the end the manifest.</summary>
internal static class StageRun
{
    /// <exception cref="InvalidDataException">Data or weights to begin with are missing or do not fit, or the folder holds another run.</exception>
    public static void Run(Stage stage, Recipe recipe, RunOptions options)
    {
        var config = recipe.Config(stage.RecipeFile);
        TorchNative.Load();
        set_num_threads(options.Threads);
        string checkpoints = Path.Combine(stage.Output, "checkpoints"), exported = Path.Combine(stage.Output, "model");
        var begin = recipe.From is { } from ? stage.WeightsOf(from) : null;
        if (recipe.Merge?.ToStep > recipe.Steps) throw new InvalidDataException($"{stage.RecipeFile}: field 'merge.to_step': found {recipe.Merge.ToStep}, expected at most the run's {recipe.Steps} steps");
        Directory.CreateDirectory(stage.Output);
        using var only = Lock(stage.Output);
        if (!options.Resume && TrainingCheckpoint.Exists(checkpoints))
            throw new InvalidDataException($"{stage.Output}: already holds a run; add --resume to go on with it or name another --out");

        using var source = new DataSource(recipe, config);
        var attachments = recipe.Attach.Select(file => Path.Combine(recipe.Data, file)).ToList();
        if (attachments.FirstOrDefault(file => !File.Exists(file)) is { } missing) throw new InvalidDataException($"{missing}: the recipe attaches this file, but it does not exist");
        var lineage = new StageLineage(stage, Inputs(recipe, begin), options.Resume);
        using var trainer = new Trainer(recipe, config, source.Batches);
        if (options.Resume) trainer.Resume(checkpoints);
        else if (begin is not null) trainer.Begin(begin);
        Console.WriteLine($"{stage.Name}: {config.Pattern}  {trainer.Model.Parameters.ElementCount:N0} parameters, {recipe.Steps:N0} steps of {recipe.TokensPerStep:N0} tokens, from step {trainer.StepsDone:N0}"
            + (begin is not null && !options.Resume ? $" with the weights of {recipe.From}" : ""));

        var merge = recipe.Merge is { } window ? new CheckpointMerge(Path.Combine(stage.Output, "snapshots"), window) : null;
        using var stop = new StopSignal();
        var validation = source.Validation();
        using var log = new StepLog(Path.Combine(stage.Output, "log.jsonl"), trainer.StepsDone);
        void Save()
        {
            trainer.Save(checkpoints);
            ModelFolder.Write(trainer.Model, exported, attachments);
            if (log.Steps.Count > 0) File.WriteAllText(Path.Combine(stage.Output, "loss.svg"), LossCurve.Draw($"{config.Pattern}, {trainer.Model.Parameters.ElementCount / 1e6:F1}M parameters", log.Steps));
        }

        ProgressDisplay.Run(recipe.Steps, tell =>
        {
            var saved = DateTime.UtcNow;
            while (!trainer.Finished && !stop.Requested && trainer.StepsDone < (options.Until ?? int.MaxValue))
            {
                var report = trainer.Step();
                if (validation.Count > 0 && (report.Step % recipe.ValidateEvery == 0 || trainer.Finished)) report = report with { ValidationLoss = trainer.Validate(validation) };
                log.Add(report);
                merge?.Observe(report.Step, trainer.Model);
                tell(report);
                if (options.CheckpointEvery is { } every ? report.Step % every != 0 : (DateTime.UtcNow - saved).TotalMinutes < recipe.CheckpointMinutes) continue;
                Save();
                saved = DateTime.UtcNow;
            }
            Save();
        });
        if (trainer.Finished)
        {
            ModelFolder.Write(trainer.Model, stage.Final, [], TensorType.F32);
            double? mergedLoss = null;
            if (merge is not null)
            {
                merge.Fill(trainer.Model);
                ModelFolder.Write(trainer.Model, stage.Merged, [], TensorType.F32);
                if (validation.Count > 0) mergedLoss = trainer.Validate(validation);
            }
            lineage.Write(recipe, options.Threads, log.Steps, mergedLoss, [stage.Final, exported, .. merge is null ? Array.Empty<string>() : [stage.Merged]]);
        }
        foreach (var batch in validation) batch.Dispose();
        Console.WriteLine(trainer.Finished ? $"finished; model in {exported}" : $"stopped after step {trainer.StepsDone}; --resume goes on");
    }

    private static IEnumerable<string> Inputs(Recipe recipe, string? begin) =>
    [
        .. recipe.Phases.SelectMany(p => p.Blend).Select(b => b.File).Concat(recipe.Attach).Append(recipe.Validation).OfType<string>().Select(f => Path.Combine(recipe.Data, f)),
        .. begin is null ? [] : Directory.EnumerateFiles(begin, "*", SearchOption.AllDirectories),
    ];

    // Two runs in one folder would take turns at overwriting each other's checkpoints.
    private static FileStream Lock(string output)
    {
        try
        {
            return new FileStream(Path.Combine(output, "running"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException e)
        {
            throw new InvalidDataException($"{output}: another run is writing to this folder", e);
        }
    }
}
