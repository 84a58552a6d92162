using System.CommandLine;
using System.Runtime.InteropServices;
using NemotronSharp.Training.Model;
using NemotronSharp.Training.Native;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Pretraining;

/// <summary><c>nemotron-train train RECIPE</c>.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var recipe = new Argument<string>("recipe") { Description = "the run's recipe, JSON with comments" };
        var resume = new Option<bool>("--resume") { Description = "go on from the newest checkpoint in the output folder" };
        var output = new Option<string>("--out") { Description = "output folder: log, loss curve, checkpoints, exported model", DefaultValueFactory = _ => "runs/pico" };
        var threads = new Option<int>("--threads") { Description = "threads for the arithmetic", DefaultValueFactory = _ => Environment.ProcessorCount };
        var steps = new Option<int?>("--steps") { Description = "all steps of the run, instead of the recipe's; may change while the rate is on its plateau" };
        var data = new Option<string?>("--data") { Description = "folder of the packed datasets, instead of the recipe's" };
        var command = new Command("train", "Train a model from a recipe. Example: ./nemotron train recipes/pico/train.jsonc --out runs/pico") { recipe, resume, output, threads, steps, data };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(recipe)!;
            try
            {
                var loaded = Recipe.Load(path);
                if (parsed.GetValue(steps) is { } all) loaded = loaded with { Steps = all };
                if (parsed.GetValue(data) is { } folder) loaded = loaded with { Data = Path.GetFullPath(folder) };
                return Run(loaded, loaded.Config(path), parsed.GetValue(output)!, parsed.GetValue(resume), parsed.GetValue(threads));
            }
            catch (Exception e) when (e is InvalidDataException or IOException or ArgumentException or DllNotFoundException)
            {
                Console.Error.WriteLine($"nemotron-train: {e.Message}");
                return 1;
            }
        });
        return command;
    }

    private static int Run(Recipe recipe, NemotronConfig config, string output, bool resume, int threads)
    {
        TorchNative.Load();
        set_num_threads(threads);
        string checkpoints = Path.Combine(output, "checkpoints"), exported = Path.Combine(output, "model"), logFile = Path.Combine(output, "log.jsonl");
        Directory.CreateDirectory(output);
        using var only = Lock(output);
        if (!resume && TrainingCheckpoint.Exists(checkpoints))
            throw new InvalidDataException($"{output}: already holds a run; add --resume to go on with it or name another --out");

        using var source = new DataSource(recipe, config);
        using var trainer = new Trainer(recipe, config, source.Batches);
        if (resume) trainer.Resume(checkpoints);
        var attachments = recipe.Attach.Select(file => Path.Combine(recipe.Data, file)).ToList();
        if (attachments.FirstOrDefault(file => !File.Exists(file)) is { } missing) throw new InvalidDataException($"{missing}: the recipe attaches this file, but it does not exist");
        Console.WriteLine($"{config.Pattern}  {trainer.Model.Parameters.ElementCount:N0} parameters, {recipe.Steps:N0} steps of {recipe.TokensPerStep:N0} tokens, from step {trainer.StepsDone:N0}");

        var stop = false;
        // The current step is finished, then all is saved; a second signal ends the process at once.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = !stop;
            stop = true;
        }

        var validation = source.Validation();
        using var log = new StreamWriter(logFile, append: true) { AutoFlush = true };
        void Save()
        {
            trainer.Save(checkpoints);
            ModelFolder.Write(trainer.Model, exported, attachments);
            var history = StepReport.ReadLog(logFile);
            if (history.Count > 0) File.WriteAllText(Path.Combine(output, "loss.svg"), LossCurve.Draw($"{config.Pattern}, {trainer.Model.Parameters.ElementCount / 1e6:F1}M parameters", history));
        }

        ProgressDisplay.Run(recipe.Steps, tell =>
        {
            var saved = DateTime.UtcNow;
            while (!trainer.Finished && !Volatile.Read(ref stop))
            {
                var report = trainer.Step();
                if (validation.Count > 0 && (report.Step % recipe.ValidateEvery == 0 || trainer.Finished)) report = report with { ValidationLoss = trainer.Validate(validation) };
                log.WriteLine(report.ToJson());
                tell(report);
                if ((DateTime.UtcNow - saved).TotalMinutes < recipe.CheckpointMinutes) continue;
                Save();
                saved = DateTime.UtcNow;
            }
            Save();
        });
        foreach (var batch in validation) batch.Dispose();
        Console.WriteLine(trainer.Finished ? $"finished; model in {exported}" : $"stopped after step {trainer.StepsDone}; --resume goes on");
        return 0;
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
