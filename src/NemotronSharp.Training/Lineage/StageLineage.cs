using System.Text.Json;
using System.Text.Json.Nodes;
using NemotronSharp.Training.Pretraining;

namespace NemotronSharp.Training.Lineage;

/// <summary>
/// The manifest of a training run. Inputs are hashed as the run begins and kept in <c>inputs.json</c>, so that a resumed run notices
/// when one of them has changed: its steps would no longer be those of one unbroken run.
/// </summary>
internal sealed class StageLineage
{
    private const string InputsFile = "inputs.json";
    private readonly Stage _stage;
    private readonly IReadOnlyList<FileFact> _inputs;

    /// <param name="stage">The run's folder exists.</param>
    /// <param name="files">Every file that the run reads.</param>
    /// <param name="resume">Whether earlier steps have read them too.</param>
    /// <exception cref="InvalidDataException">A file is not what it was when the run began.</exception>
    public StageLineage(Stage stage, IEnumerable<string> files, bool resume)
    {
        _stage = stage;
        File.Delete(Path.Combine(stage.Output, LineageManifest.FileName)); // it comes last: a folder that has one is complete
        _inputs = [.. files.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(f => FileFact.Of(f, stage.Output))];
        var file = Path.Combine(stage.Output, InputsFile);
        var before = resume && File.Exists(file) ? JsonSerializer.Deserialize<List<FileFact>>(File.ReadAllText(file)) ?? [] : [];
        foreach (var now in _inputs)
            if (before.FirstOrDefault(b => b.Path == now.Path) is { } then && then != now)
                throw new InvalidDataException($"{Path.Combine(stage.Output, now.Path)}: found SHA-256 {now.Sha256}, expected {then.Sha256} as when the run began; a resumed run must read the same data");
        _inputs = [.. _inputs.UnionBy(before, f => f.Path).OrderBy(f => f.Path, StringComparer.Ordinal)];
        File.WriteAllText(file, JsonSerializer.Serialize(_inputs));
    }

    /// <summary>Writes the manifest of a finished run.</summary>
    /// <param name="recipe">As run.</param>
    /// <param name="threads">Sums depend on their number.</param>
    /// <param name="log">Every step.</param>
    /// <param name="mergedLoss">Held-out loss of the merged weights, if there are any.</param>
    /// <param name="folders">Folders of the run's output.</param>
    public void Write(Recipe recipe, int threads, IReadOnlyList<StepReport> log, double? mergedLoss, IEnumerable<string> folders) => new LineageManifest
    {
        Stage = _stage.Name,
        Seed = recipe.Seed,
        Recipe = RecipeFact.OfStage(_stage.RecipeFile),
        Settings = new JsonObject { ["steps"] = recipe.Steps, ["threads"] = threads },
        Parents = ParentFact.Of(_inputs, _stage.Output),
        Inputs = _inputs,
        Outputs = [.. folders.SelectMany(f => FileFact.Below(f, _stage.Output))],
        Metrics = new JsonObject
        {
            ["steps"] = log[^1].Step,
            ["tokens"] = log.Sum(r => r.Tokens),
            ["loss"] = log[^1].Loss,
            ["held_out_loss"] = log.LastOrDefault(r => r.ValidationLoss is not null)?.ValidationLoss,
            ["merged_held_out_loss"] = mergedLoss,
        },
        Produced = Producer.Describe(log.Sum(r => r.SecondsPerStep)),
    }.Save(_stage.Output);
}
