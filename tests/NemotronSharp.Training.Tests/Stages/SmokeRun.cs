namespace NemotronSharp.Training.Tests.Stages;

/// <summary>Every stage of recipes/smoke, run once for all tests that look at its results.</summary>
public sealed class SmokeRun : IDisposable
{
    private readonly TempFolder _folder = new();

    public SmokeRun()
    {
        TrainProgram.Succeed("data", "prepare", RepoPaths.InRepo("recipes", "smoke", "data.jsonc"), "--source-root", RepoPaths.InRepo("recipes", "smoke"), "--out", Data);
        foreach (var stage in Stages) TrainProgram.Succeed(Arguments(stage, Root));
    }

    /// <summary>The training stages, in order.</summary>
    public static string[] Stages { get; } = ["pretrain", "sft"];

    /// <summary>Folder of the stages' outputs.</summary>
    public string Root => Folder("runs");

    public string Data => Folder("data");

    public string Folder(string name) => _folder.File(name);

    /// <summary>The command line of a stage.</summary>
    public string[] Arguments(string stage, string runs, params string[] more) =>
        ["train", stage, "--recipe", RepoPaths.InRepo("recipes", "smoke"), "--out", runs, "--data", Data, "--threads", "2", .. more];

    public void Dispose() => _folder.Dispose();
}

/// <summary>The tests that share one <see cref="SmokeRun"/>; one after the other, for each starts processes.</summary>
[CollectionDefinition(Name)]
public sealed class SmokeTestCollection : ICollectionFixture<SmokeRun>
{
    public const string Name = "recipes/smoke";
}
