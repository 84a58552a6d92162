namespace NemotronSharp.Cli.Tests;

/// <summary>The model that ships, written as GGUF and used as such.</summary>
public sealed class ConvertCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("BF16")]
    [InlineData("Q8_0")]
    [InlineData("NVFP4")]
    public void A_converted_model_answers_and_can_be_converted_again(string type)
    {
        string file = _folder.File("pico.gguf"), again = _folder.File("again.gguf");
        var (code, output, error) = Nemotron.Run("convert", "--type", type, "--out", file);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains(file, output);
        Assert.Contains("= 50", Nemotron.Run("run", "-m", file, "What is 20 + 30?").Output);

        Assert.Equal(0, Nemotron.Run("convert", "-m", file, "--type", "F32", "--out", again).ExitCode);
        Assert.Equal(Nemotron.Run("run", "-m", file, "Who are you?").Output, Nemotron.Run("run", "-m", again, "Who are you?").Output);
    }

    [Fact]
    public void Every_command_takes_the_file()
    {
        var file = _folder.File("pico.gguf");
        Assert.Equal(0, Nemotron.Run("convert", "--out", file).ExitCode);
        Assert.Equal(Nemotron.Run("tokenize", "Hello, Nemotron!", "--json").Output, Nemotron.Run("tokenize", "-m", file, "Hello, Nemotron!", "--json").Output);
        Assert.Contains("MEM*EM*EM*E", Nemotron.Run("inspect", "-m", file).Output);
        File.WriteAllText(_folder.File("messages.json"), """[{"role":"user","content":"Hi"}]""");
        Assert.Equal(Nemotron.Run("render", "--messages", _folder.File("messages.json")).Output, Nemotron.Run("render", "-m", file, "--messages", _folder.File("messages.json")).Output);
        File.WriteAllText(_folder.File("ids.txt"), "10 25 33");
        Assert.Equal(0, Nemotron.Run("logits", "-m", file, "--ids", _folder.File("ids.txt"), "--out", _folder.File("logits")).ExitCode);
        Assert.Equal(4096 * 4, new FileInfo(_folder.File("logits")).Length);
        Nemotron.AssertFails(Nemotron.Run("eval", "-m", file), "heldout.jsonl", "--cases");
        File.Copy(RepoPaths.InRepo("models", "pico", "heldout.jsonl"), _folder.File("heldout.jsonl"));
        Assert.Contains("sum, thinking on", Nemotron.Run("eval", "-m", file, "--skill", "sum", "--limit", "1").Output);
    }

    [Fact]
    public void What_cannot_be_done_is_said()
    {
        Nemotron.AssertFails(Nemotron.Run("convert", "--format", "gguf", "--out", _folder.File("pico.bin")), ".gguf");
        File.WriteAllText(_folder.File("there.gguf"), "x");
        Nemotron.AssertFails(Nemotron.Run("convert", "--out", _folder.File("there.gguf")), "--force");
        Nemotron.AssertFails(Nemotron.Run("run", "-m", _folder.File("there.gguf"), "hi"), "there.gguf");
        Assert.Equal(0, Nemotron.Run("convert", "--out", _folder.File("there.gguf"), "--force").ExitCode);
        var (code, _, error) = Nemotron.Run("convert", "-m", _folder.File("there.gguf"), "--out", _folder.File("there.gguf"), "--force");
        Assert.NotEqual(0, code);
        Assert.Contains("the source itself", error);
    }
}
