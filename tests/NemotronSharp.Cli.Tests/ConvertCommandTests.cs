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
        Assert.Contains("hidden size", Nemotron.Run("inspect", "-m", file).Output);
    }

    [Fact]
    public void What_cannot_be_done_is_said()
    {
        Nemotron.AssertFails(Nemotron.Run("convert", "--out", _folder.File("pico.bin")), ".gguf");
        File.WriteAllText(_folder.File("there.gguf"), "x");
        Nemotron.AssertFails(Nemotron.Run("convert", "--out", _folder.File("there.gguf")), "--force");
        Nemotron.AssertFails(Nemotron.Run("run", "-m", _folder.File("there.gguf"), "hi"), "there.gguf");
        Assert.Equal(0, Nemotron.Run("convert", "--out", _folder.File("there.gguf"), "--force").ExitCode);
        var (code, _, error) = Nemotron.Run("convert", "-m", _folder.File("there.gguf"), "--out", _folder.File("there.gguf"), "--force");
        Assert.NotEqual(0, code);
        Assert.Contains("the source itself", error);
    }
}
