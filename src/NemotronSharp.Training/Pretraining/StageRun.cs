using System.Runtime.InteropServices;
using System.Security.Cryptography;
using NemotronSharp.Training.Lineage;
using NemotronSharp.Training.Model;
using NemotronSharp.Training.Native;
using NemotronSharp.Training.Pretraining.Curves;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Pretraining;

/// <summary>How a stage is run, apart from its recipe.</summary>
/// <param name="Resume">Go on from the newest checkpoint.</param>
/// <param name="Threads">Threads for the arithmetic; their number is part of the result.</param>
/// <param name="Until">Stop after this step.</param>
/// <param name="CheckpointEvery">Steps between checkpoints, instead of the recipe's minutes.</param>
/// <param name="Begin">Model folder to begin with, instead of the output of the stage that the recipe names.</param>
/// <param name="Device"><see cref="Cpu"/> or <see cref="Cuda"/>; the same bits come again on the CPU alone.</param>
internal sealed record RunOptions(bool Resume, int Threads, int? Until = null, int? CheckpointEvery = null, string? Begin = null, string Device = RunOptions.Cpu)
{
    public const string Cpu = "cpu", Cuda = "cuda";
}

/// <summary>Runs a stage: steps, log, checkpoints, exports, at the end the manifest.</summary>
internal static class StageRun
{
    public const string CurvesFile = "curves.svg";

    /// <returns>SHA-256 of the FP32 weights after the last step.</returns>
    /// <exception cref="InvalidDataException">Data or weights to begin with are missing or do not fit, or the folder holds another run.</exception>
    public static string Run(Stage stage, Recipe recipe, RunOptions options)
    {
        var config = recipe.Config(stage.RecipeFile);
        TorchNative.Load();
        set_num_threads(options.Threads);
        var device = Find(options.Device);
        var checkpoints = Path.Combine(stage.Output, "checkpoints");
        var begin = recipe.From is { } from ? options.Begin ?? stage.WeightsOf(from) : null;
        if (recipe.Merge?.ToStep > recipe.Steps) throw new InvalidDataException($"{stage.RecipeFile}: field 'merge.to_step': found {recipe.Merge.ToStep}, expected at most the run's {recipe.Steps} steps");
        Directory.CreateDirectory(stage.Output);
        using var only = Lock(stage.Output);
        if (!options.Resume && TrainingCheckpoint.Exists(checkpoints))
            throw new InvalidDataException($"{stage.Output}: already holds a run; add --resume to go on with it or name another --out");

        using var source = new DataSource(recipe, config, joined: options.Device != RunOptions.Cpu);
        var attachments = recipe.Attach.Select(file => Path.Combine(recipe.Data, file)).ToList();
        if (attachments.FirstOrDefault(file => !File.Exists(file)) is { } missing) throw new InvalidDataException($"{missing}: the recipe attaches this file, but it does not exist");
        var lineage = new StageLineage(stage, Inputs(recipe, begin), options);
        using var trainer = new Trainer(recipe, config, source.Batches, recipe.Kin is { } table ? TokenKin.Of(Path.Combine(recipe.Data, table)) : null, device);
        if (options.Resume) trainer.Resume(checkpoints);
        else if (begin is not null) trainer.Begin(begin);
        Console.WriteLine($"{stage.Name}: {config.Pattern}  {trainer.Model.Parameters.ElementCount:N0} parameters, {recipe.Steps:N0} steps of {recipe.TokensPerStep:N0} tokens, from step {trainer.StepsDone:N0}"
            + (begin is not null && !options.Resume ? $" with the weights of {recipe.From}" : ""));

        var merge = recipe.Merge is { } window ? new CheckpointMerge(Path.Combine(stage.Output, "snapshots"), window) : null;
        using var stop = new StopSignal();
        var validation = source.Validation();
        using var log = new StepLog(Path.Combine(stage.Output, StepLog.FileName), trainer.StepsDone);
        void Save()
        {
            trainer.Save(checkpoints);
            ModelFolder.Write(trainer.Model, stage.Model, attachments);
            if (log.Steps.Count == 0) return;
            var title = $"{stage.Name}: {config.Pattern}, {trainer.Model.Parameters.ElementCount / 1e6:F1}M parameters";
            File.WriteAllText(Path.Combine(stage.Output, CurvesFile), StageCurves.Draw(title, log.Steps, [.. recipe.Phases.Select(p => p.FromStep)]));
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
        var weights = WeightsHash(trainer.Model);
        if (trainer.Finished)
        {
            double? mergedLoss = null;
            if (merge is not null)
            {
                merge.Fill(trainer.Model);
                ModelFolder.Write(trainer.Model, stage.Merged, attachments);
                if (validation.Count > 0) mergedLoss = trainer.Validate(validation);
            }
            lineage.Write(recipe, log.Steps, mergedLoss, [stage.Model, .. merge is null ? Array.Empty<string>() : [stage.Merged]]);
        }
        foreach (var batch in validation) batch.Dispose();
        Console.WriteLine(trainer.Finished ? $"finished; model in {stage.Model}" : $"stopped after step {trainer.StepsDone}; --resume goes on");
        return weights;
    }

    private static IEnumerable<string> Inputs(Recipe recipe, string? begin) =>
    [
        .. recipe.Phases.SelectMany(p => p.Blend).Select(b => b.File).Concat(recipe.Attach).Append(recipe.Validation).Append(recipe.Kin).OfType<string>().Select(f => Path.Combine(recipe.Data, f)),
        .. begin is null ? [] : Directory.EnumerateFiles(begin, "*", SearchOption.AllDirectories),
    ];

    private static Device Find(string name)
    {
        if (name == RunOptions.Cpu) return CPU;
        return cuda.is_available() ? CUDA : throw new InvalidDataException(
            "--device cuda: libtorch finds no CUDA device; the environment variable NEMOTRON_LIBTORCH has to name the library folder of a libtorch with CUDA, such as torch/lib of a PyTorch install");
    }

    private static string WeightsHash(HybridLanguageModel model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var parameter in model.Parameters.All) hash.AppendData(MemoryMarshal.AsBytes(parameter.Tensor.Singles().AsSpan()));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

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
