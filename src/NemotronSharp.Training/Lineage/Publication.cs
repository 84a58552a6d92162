using NemotronSharp.Training.Pretraining;

namespace NemotronSharp.Training.Lineage;

/// <summary>
/// Puts a finished chain into a folder that ships: the last stage's model, the model it began with under <c>base</c>, all manifests of the chain under
/// <c>lineage</c> in the same places relative to each other, with the stages' logs and curves, and one more manifest that leads from the shipped files to them.
/// </summary>
internal static class Publication
{
    public const string ChainFolder = "lineage";
    private const string ModelFolder = "model", BaseFolder = "base";

    /// <param name="stage">The end of a checked chain without problems.</param>
    /// <param name="folder">Receives the files; others in it stay.</param>
    /// <exception cref="InvalidDataException">The stage's model is not on this disk.</exception>
    public static void Write(CheckedStage stage, string folder)
    {
        var manifest = stage.Manifest!;
        List<CheckedStage> chain = [.. Chain(stage).Where(s => s.Manifest is not null).DistinctBy(s => s.File)];
        var common = chain.Select(s => FolderOf(s)).Aggregate((a, b) => Common(a, b));
        string Mirrored(CheckedStage s) => Path.Combine(folder, ChainFolder, Path.GetRelativePath(common, FolderOf(s)));
        foreach (var one in chain)
        {
            Directory.CreateDirectory(Mirrored(one));
            File.Copy(one.File, Path.Combine(Mirrored(one), LineageManifest.FileName), overwrite: true);
            foreach (var record in new[] { StepLog.FileName, StageRun.CurvesFile })
                if (Path.Combine(FolderOf(one), record) is var file && File.Exists(file)) File.Copy(file, Path.Combine(Mirrored(one), record), overwrite: true);
        }

        List<FileFact> inputs = [], outputs = [];
        void Copy(CheckedStage from, string to)
        {
            var files = from.Outputs.Where(o => o.Fact.Path.StartsWith(ModelFolder + "/", StringComparison.Ordinal)).ToList();
            if (files.Count == 0 || files.Any(f => f.Status != CheckedFile.Same)) throw new InvalidDataException($"{from.File}: the model of stage '{from.Name}' is not on this disk");
            Directory.CreateDirectory(to);
            foreach (var (fact, _) in files)
            {
                var copy = Path.Combine(to, fact.Path[(ModelFolder.Length + 1)..]);
                File.Copy(Path.Combine(FolderOf(from), fact.Path), copy, overwrite: true);
                inputs.Add(fact with { Path = FileFact.Relative(Path.Combine(Mirrored(from), fact.Path), folder) });
                outputs.Add(FileFact.Of(copy, folder));
            }
        }
        Copy(stage, folder);
        List<CheckedStage> used = [stage];
        foreach (var parent in stage.Parents.Where(p => p.Outputs.Any(o => o.Fact.Path.StartsWith(ModelFolder + "/", StringComparison.Ordinal))))
        {
            Copy(parent, Path.Combine(folder, BaseFolder));
            used.Add(parent);
        }
        new LineageManifest
        {
            Stage = "published",
            Seed = manifest.Seed,
            Recipe = manifest.Recipe,
            Settings = manifest.Settings,
            Parents = [.. used.Select(s => new ParentFact(FileFact.Relative(Path.Combine(Mirrored(s), LineageManifest.FileName), folder), s.Name, s.Manifest!.Identity()))],
            Inputs = inputs,
            Outputs = outputs,
            Metrics = manifest.Metrics,
            Produced = Producer.Describe(0),
        }.Save(folder);
    }

    private static IEnumerable<CheckedStage> Chain(CheckedStage stage) => stage.Parents.SelectMany(Chain).Prepend(stage);

    private static string FolderOf(CheckedStage stage) => Path.GetDirectoryName(Path.GetFullPath(stage.File))!;

    private static string Common(string a, string b)
    {
        while (Path.GetRelativePath(a, b).StartsWith("..", StringComparison.Ordinal)) a = Path.GetDirectoryName(a)!;
        return a;
    }
}
