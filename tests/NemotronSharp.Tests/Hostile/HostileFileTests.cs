namespace NemotronSharp.Tests.Hostile;

/// <summary>
/// A model comes from anywhere: whatever its files hold, they are read or refused in clear words, within bounded time and memory. See docs/hostile-files.md;
/// scripts/fuzz runs many more cases of the same.
/// </summary>
[Collection(nameof(HostileFileTests))]
public sealed class HostileFileTests(ITestOutputHelper output)
{
    /// <summary>Nothing else runs meanwhile, so that the processor time and memory of the process are those of one case.</summary>
    [CollectionDefinition(nameof(HostileFileTests), DisableParallelization = true)]
    public sealed class Alone;

    [Fact]
    public void Gguf_files() => Run(new HostileGguf());

    [Fact]
    public void Safetensors_files() => Run(new HostileSafetensors());

    [Fact]
    public void Model_folders() => Run(new HostileFolder());

    [Fact]
    public void Absurd_shapes() => Run(new HostileShapes());

    [Fact]
    public void Config_files() => Run(new HostileConfig());

    [Fact]
    public void Tokenizers() => Run(new HostileTokenizer());

    [Fact]
    public void Chat_templates() => Run(new HostileTemplate());

    [Fact]
    public void Messages_and_tools() => Run(new HostileMessages());

    private void Run(HostileFiles files)
    {
        using (files) FuzzRun.Of(files, output);
    }
}
