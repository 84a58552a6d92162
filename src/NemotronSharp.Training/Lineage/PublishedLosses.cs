using NemotronSharp.Training.Pretraining;

namespace NemotronSharp.Training.Lineage;

/// <summary>
/// Holds the losses of repeated first steps to the published run's log. Where that run was on another device or machine the bits differ, but losses
/// that agree say that it was these steps.
/// </summary>
internal static class PublishedLosses
{
    // Rounding alone, grown over some twenty steps: twenty times what was seen between a CPU and a GPU in BF16.
    private const double Tolerance = 5e-3;

    /// <summary>Prints the largest difference of each stage whose log was published; says on standard error what is not the same run.</summary>
    /// <param name="stages">Stages whose first steps have been run.</param>
    /// <param name="published">Folder of the published chain.</param>
    /// <returns>False if a stage's losses are others.</returns>
    public static bool Compare(IEnumerable<Stage> stages, string published)
    {
        if (!Directory.Exists(published)) return true;
        var folders = Directory.EnumerateFiles(published, LineageManifest.FileName, SearchOption.AllDirectories)
            .ToLookup(file => LineageManifest.Load(file).Stage, file => Path.GetDirectoryName(file)!);
        var same = true;
        foreach (var stage in stages)
        {
            var log = folders[stage.Name].SelectMany(folder => StepReport.ReadLog(Path.Combine(folder, StepLog.FileName))).ToList();
            if (log.Count == 0) continue;
            var pairs = log.Join(StepReport.ReadLog(Path.Combine(stage.Output, StepLog.FileName)), r => r.Step, r => r.Step, (then, now) => (then.Step, Then: then.Loss, Now: now.Loss)).ToList();
            var worst = pairs.MaxBy(p => Math.Abs(p.Then - p.Now));
            if (Math.Abs(worst.Then - worst.Now) <= Tolerance)
            {
                Console.WriteLine(FormattableString.Invariant($"losses of {stage.Name}: {pairs.Count} steps within {Math.Abs(worst.Then - worst.Now):E1} of the published run's"));
                continue;
            }
            same = false;
            Console.Error.WriteLine(FormattableString.Invariant($"nemotron-train: losses of {stage.Name}: step {worst.Step}: found {worst.Now:F4}, expected {worst.Then:F4} as in the published run's log"));
        }
        return same;
    }
}
