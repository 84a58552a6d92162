namespace NemotronSharp.Cli.Tests;

/// <summary>The scripts at the repository's root, as far as they go without a build.</summary>
public class ScriptTests
{
    // What the script needs before it looks for dotnet.
    private static readonly string[] Tools = ["bash", "dirname", "readlink", "find", "cat", "mkdir"];

    [Fact]
    public void Missing_sdk_is_explained()
    {
        using var folder = new TempFolder();
        var root = folder.File("a folder");
        Directory.CreateDirectory(Path.Combine(root, "scripts"));
        File.Copy(RepoPaths.InRepo("nemotron"), Path.Combine(root, "nemotron"));
        File.Copy(RepoPaths.InRepo("scripts", "sdk.sh"), Path.Combine(root, "scripts", "sdk.sh"));
        var bin = Directory.CreateDirectory(folder.File("bin")).FullName;
        foreach (var tool in Tools) File.CreateSymbolicLink(Path.Combine(bin, tool), Find(tool));

        using var process = Nemotron.Start(Path.Combine(root, "nemotron"), ["chat"], ("PATH", bin), ("HOME", folder.Path));
        var (code, output, error) = Nemotron.End(process);
        Assert.Equal((1, ""), (code, output));
        Assert.Contains(".NET 10 SDK", error);
        Assert.Contains("dotnet-install.sh", error);
    }

    private static string Find(string tool) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, tool)).First(File.Exists);
}
