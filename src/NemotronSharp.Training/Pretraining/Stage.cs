using System.Text.Json;
using NemotronSharp.Training.Lineage;

namespace NemotronSharp.Training.Pretraining;

/// <summary>One training stage: a recipe file, and the folder its run fills. Stages of one recipe lie side by side.</summary>
/// <param name="Name">Name of the recipe file without its ending.</param>
/// <param name="RecipeFile">The recipe.</param>
/// <param name="Output">Folder of the run.</param>
internal sealed record Stage(string Name, string RecipeFile, string Output)
{
    private const string Ending = ".jsonc";

    /// <summary>The model as it would be published, BF16; renewed at every checkpoint.</summary>
    public string Model => Path.Combine(Output, "model");

    /// <summary>Where a finished stage leaves the average of checkpoints that its recipe asks for.</summary>
    public string Merged => Path.Combine(Output, "merged");

    /// <param name="given">A stage's name, or the path of its recipe file.</param>
    /// <param name="recipeFolder">Where stages are looked up by name.</param>
    /// <param name="runs">Folder that holds a folder for each stage; <c>runs/RECIPE</c> if null.</param>
    /// <exception cref="InvalidDataException">There is no such recipe, or it is none of a training stage.</exception>
    public static Stage Find(string given, string recipeFolder, string? runs)
    {
        var isPath = given.EndsWith(Ending, StringComparison.Ordinal) || given.EndsWith(".json", StringComparison.Ordinal);
        var file = isPath ? given : Path.Combine(recipeFolder, given + Ending);
        if (!File.Exists(file))
            throw new InvalidDataException(isPath || !Directory.Exists(recipeFolder) ? $"{file}: no such recipe" : $"{file}: no such recipe; the stages of {recipeFolder} are {string.Join(", ", Names(recipeFolder))}");
        if (!IsStage(file)) throw new InvalidDataException($"{file}: found no 'phases', expected the recipe of a training stage; a data recipe is for ./nemotron data prepare");
        var name = Path.GetFileNameWithoutExtension(file);
        var recipe = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file)))!;
        return new Stage(name, file, Path.Combine(runs ?? Path.Combine("runs", recipe), name));
    }

    /// <summary>Names of the training stages in a recipe folder.</summary>
    public static IReadOnlyList<string> Names(string recipeFolder) => !Directory.Exists(recipeFolder) ? []
        : [.. Directory.EnumerateFiles(recipeFolder, "*" + Ending).Where(IsStage).Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    /// <summary>
    /// The model that another stage of the same recipe left beside this one's output. A stage begins with the published BF16 weights,
    /// not with FP32 ones: so whoever has the published model can repeat it.
    /// </summary>
    /// <param name="from">Name of the stage, or <c>NAME/merged</c> for the average of its checkpoints.</param>
    /// <exception cref="InvalidDataException">That stage has not run or has not finished.</exception>
    public string WeightsOf(string from)
    {
        var merged = from.EndsWith("/merged", StringComparison.Ordinal);
        var name = merged ? from[..from.IndexOf('/')] : from;
        if (!Names(Path.GetDirectoryName(Path.GetFullPath(RecipeFile))!).Contains(name))
            throw new InvalidDataException($"{RecipeFile}: field 'from': found '{from}', expected a stage of the same folder or STAGE/merged");
        var other = this with { Name = name, Output = Path.Combine(Path.GetDirectoryName(Output)!, name) };
        var weights = merged ? other.Merged : other.Model;
        var finished = File.Exists(Path.Combine(other.Output, LineageManifest.FileName));
        if (finished && Directory.Exists(weights)) return weights;
        if (finished) throw new InvalidDataException($"stage '{Name}' begins with the weights of '{from}', but {weights} does not exist; '{name}' has finished without it");
        var command = $"./nemotron train {Path.Combine(Path.GetDirectoryName(RecipeFile)!, name + Ending)}";
        throw new InvalidDataException($"stage '{Name}' begins with the weights of '{from}', but {weights} "
            + (TrainingCheckpoint.Exists(Path.Combine(other.Output, "checkpoints")) ? $"is not there yet; {command} --resume goes on with that run" : $"does not exist; run {command} first"));
    }

    // Data recipes and model shapes lie in the same folder. What is malformed is for the recipe's own reader to say.
    private static bool IsStage(string file)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("phases", out _);
        }
        catch (JsonException)
        {
            return true;
        }
    }
}
