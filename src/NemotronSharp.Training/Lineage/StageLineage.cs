using System.Text.Json;
using System.Text.Json.Nodes;
using NemotronSharp.Training.Pretraining;

namespace NemotronSharp.Training.Lineage;

/// <summary>What a run's first step was made with.</summary>
/// <param name="Threads">Sums depend on their number.</param>
/// <param name="Inputs">Every file that was read.</param>
/// <param name="Device">Where the arithmetic runs.</param>
internal sealed record RunStart(int Threads, IReadOnlyList<FileFact> Inputs, string Device = RunOptions.Cpu)
{
    private const string FileName = "begun.json";

    public void Save(Stage stage) => File.WriteAllText(Path.Combine(stage.Output, FileName), JsonSerializer.Serialize(this));

    /// <summary>That of the run in a stage's folder; null if there is none.</summary>
    public static RunStart? Load(Stage stage)
    {
        var file = Path.Combine(stage.Output, FileName);
        if (!File.Exists(file)) return null;
        try
        {
            return JsonSerializer.Deserialize<RunStart>(File.ReadAllText(file));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file}: {e.Message}", e);
        }
    }
}

/// <summary>
/// The manifest of a training run. Inputs are hashed as the run begins, so that a resumed run notices when something has changed:
/// its steps would no longer be those of one unbroken run.
/// </summary>
internal sealed class StageLineage
{
    private readonly Stage _stage;
    private readonly RunStart _start;

    /// <param name="stage">The run's folder exists.</param>
    /// <param name="files">Every file that the run reads.</param>
    /// <param name="resume">Whether earlier steps have read them too.</param>
    /// <param name="options">How it is run.</param>
    /// <exception cref="InvalidDataException">A file, the device or the number of threads is not what it was when the run began.</exception>
    public StageLineage(Stage stage, IEnumerable<string> files, RunOptions options)
    {
        _stage = stage;
        File.Delete(Path.Combine(stage.Output, LineageManifest.FileName)); // it comes last: a folder that has one is complete
        List<FileFact> inputs = [.. files.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal).Select(f => FileFact.Of(f, stage.Output))];
        if (options.Resume && RunStart.Load(stage) is { } before)
        {
            if (before.Device != options.Device) throw new InvalidDataException($"{stage.Output}: found device {options.Device}, expected {before.Device} as when the run began; another one rounds otherwise");
            if (before.Threads != options.Threads) throw new InvalidDataException($"{stage.Output}: found {options.Threads} threads, expected {before.Threads} as when the run began; another number gives other sums");
            foreach (var now in inputs)
                if (before.Inputs.FirstOrDefault(b => b.Path == now.Path) is { } then && then != now)
                    throw new InvalidDataException($"{Path.Combine(stage.Output, now.Path)}: found SHA-256 {now.Sha256}, expected {then.Sha256} as when the run began; a resumed run must read the same data");
            inputs = [.. inputs.UnionBy(before.Inputs, f => f.Path)];
        }
        _start = new RunStart(options.Threads, [.. inputs.OrderBy(f => f.Path, StringComparer.Ordinal)], options.Device);
        _start.Save(stage);
    }

    /// <summary>Writes the manifest of a finished run.</summary>
    /// <param name="recipe">As run.</param>
    /// <param name="log">Every step.</param>
    /// <param name="mergedLoss">Held-out loss of the merged weights, if there are any.</param>
    /// <param name="folders">Folders of the run's output.</param>
    public void Write(Recipe recipe, IReadOnlyList<StepReport> log, double? mergedLoss, IEnumerable<string> folders) => new LineageManifest
    {
        Stage = _stage.Name,
        Seed = recipe.Seed,
        Recipe = RecipeFact.OfStage(_stage.RecipeFile),
        Settings = Settings(recipe),
        Parents = ParentFact.Of(_start.Inputs, _stage.Output),
        Inputs = _start.Inputs,
        Outputs = [.. folders.SelectMany(f => FileFact.Below(f, _stage.Output))],
        Metrics = new JsonObject
        {
            ["steps"] = log[^1].Step,
            ["tokens"] = log.Sum(r => r.Tokens),
            ["loss"] = log[^1].Loss,
            ["held_out_loss"] = log.LastOrDefault(r => r.ValidationLoss is not null)?.ValidationLoss,
            ["merged_held_out_loss"] = mergedLoss,
        },
        Produced = Producer.Describe(log.Sum(r => r.SecondsPerStep), _start.Device),
    }.Save(_stage.Output);

    private JsonObject Settings(Recipe recipe)
    {
        var settings = new JsonObject { ["steps"] = recipe.Steps, ["threads"] = _start.Threads };
        if (_start.Device != RunOptions.Cpu) settings["device"] = _start.Device;
        return settings;
    }
}
