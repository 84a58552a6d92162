using NemotronSharp.Training.Lineage;
using NemotronSharp.Training.Pretraining;

namespace NemotronSharp.Training.Tests.Stages;

/// <summary>A run that was killed with SIGKILL, twice, ends with bitwise the files of one that was not.</summary>
[Collection(SmokeTestCollection.Name)]
public sealed class KillTests(SmokeRun run)
{
    [Theory]
    [InlineData("pretrain")]
    [InlineData("sft")]
    public void Killed_and_resumed_is_bitwise_the_unbroken_run(string stage)
    {
        var runs = Directory.CreateDirectory(run.Folder($"killed-{stage}")).FullName;
        foreach (var earlier in SmokeRun.Stages.TakeWhile(s => s != stage)) Directory.CreateSymbolicLink(Path.Combine(runs, earlier), Path.Combine(run.Root, earlier));
        string output = Path.Combine(runs, stage), unbroken = Path.Combine(run.Root, stage), checkpoints = Path.Combine(output, "checkpoints"), log = Path.Combine(output, "log.jsonl");

        // In the middle of a step.
        Assert.True(TrainProgram.KillWhen(() => Directory.Exists(Path.Combine(checkpoints, "step-0000003")), run.Arguments(stage, runs, "--checkpoint-every", "3")));
        Assert.False(File.Exists(Path.Combine(output, LineageManifest.FileName)));

        // While a checkpoint is being written, if it is seen in time; what such a kill leaves behind is put there in any case.
        TrainProgram.KillWhen(() => Directory.Exists(checkpoints) && Directory.EnumerateDirectories(checkpoints, "*.part").Any(), run.Arguments(stage, runs, "--checkpoint-every", "2", "--resume"));
        var half = Directory.CreateDirectory(Path.Combine(checkpoints, "step-0000099.part")).FullName;
        File.WriteAllBytes(Path.Combine(half, "training.safetensors"), new byte[100]);
        File.AppendAllText(log, """{"step":99,"loss":1.0""");

        TrainProgram.Succeed(run.Arguments(stage, runs, "--resume"));
        AssertSame(unbroken, output);
        var reports = StepReport.ReadLog(log);
        Assert.Equal(StepReport.ReadLog(Path.Combine(unbroken, "log.jsonl")).Select(r => (r.Step, r.Loss, r.GradientNorm)), reports.Select(r => (r.Step, r.Loss, r.GradientNorm)));
        Assert.Equal(reports.Count, File.ReadLines(log).Count());

        // After the last step but before the manifest.
        File.Delete(Path.Combine(output, LineageManifest.FileName));
        Directory.Delete(Path.Combine(output, "model"), recursive: true);
        TrainProgram.Succeed(run.Arguments(stage, runs, "--resume"));
        AssertSame(unbroken, output);
    }

    // The last checkpoint holds the FP32 weights and the optimizer's moments; the identity holds the hash of every input and output, settings and losses.
    private static void AssertSame(string expected, string actual)
    {
        string Last(string folder) => Directory.GetFiles(Path.Combine(folder, "checkpoints"), "training.safetensors", SearchOption.AllDirectories).Where(f => !f.Contains(".part")).Max(StringComparer.Ordinal)!;
        Assert.Equal(Path.GetRelativePath(expected, Last(expected)), Path.GetRelativePath(actual, Last(actual)));
        Assert.True(File.ReadAllBytes(Last(expected)).SequenceEqual(File.ReadAllBytes(Last(actual))), "weights or moments differ");
        LineageManifest Manifest(string folder) => LineageManifest.Load(Path.Combine(folder, LineageManifest.FileName));
        Assert.Equal(Manifest(expected).Outputs, Manifest(actual).Outputs);
        Assert.Equal(Manifest(expected).Identity(), Manifest(actual).Identity());
    }
}
