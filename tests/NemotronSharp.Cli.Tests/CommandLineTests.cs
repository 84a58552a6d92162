using System.Reflection;

namespace NemotronSharp.Cli.Tests;

public class CommandLineTests
{
    [Fact]
    public void Version_is_the_package_version()
    {
        var version = typeof(NemotronEngine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        Assert.Equal(new Outcome(0, version + "\n", ""), Nemotron.Run("--version"));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("")]
    public void Help_lists_every_command(string argument)
    {
        var (code, output, error) = Nemotron.Run(argument.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((0, ""), (code, error));
        foreach (var command in (string[])["run", "chat", "tokenize", "render", "logits", "inspect", "eval", "perplexity", "train", "data"]) Assert.Contains($"\n  {command} ", output);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("chat")]
    [InlineData("tokenize")]
    [InlineData("render")]
    [InlineData("logits")]
    [InlineData("inspect")]
    [InlineData("eval")]
    [InlineData("perplexity")]
    public void Help_of_a_command_ends_with_an_example_of_it(string command)
    {
        var (code, output, _) = Nemotron.Run(command, "--help");
        Assert.Equal(0, code);
        Assert.Contains($"./nemotron {command}", output[output.IndexOf("Example", StringComparison.Ordinal)..]);
    }

    [Theory]
    [InlineData("frobnicate", "frobnicate")]
    [InlineData("run hello --temprature 0", "--temprature")]
    [InlineData("run hello --thinking maybe", "maybe")]
    [InlineData("run hello --max-tokens 0", "--max-tokens")]
    [InlineData("run hello --threads -1", "--threads")]
    [InlineData("run hello --seed x", "--seed")]
    [InlineData("run", "PROMPT")]
    [InlineData("logits --out x", "--ids")]
    [InlineData("tokenize hello --file book.txt", "--file")]
    [InlineData("inspect --preset pico -m x", "--preset")]
    [InlineData("inspect --preset no-such", "super-120b-a12b")]
    [InlineData("train sft", "./nemotron train")]
    public void Wrong_command_line_is_named(string line, string word) => Nemotron.AssertFails(Nemotron.Run(line.Split(' ')), word);

    [Theory]
    [InlineData("run", "hello")]
    [InlineData("chat")]
    [InlineData("tokenize", "hello")]
    [InlineData("render", "--messages", "-")]
    [InlineData("logits", "--ids", "-", "--out", "x")]
    [InlineData("inspect")]
    public void Missing_model_folder_is_named(params string[] arguments)
    {
        Nemotron.AssertFails(Nemotron.Run([.. arguments, "-m", "no/such/folder"]), "no/such/folder");
        using var empty = new TempFolder();
        Nemotron.AssertFails(Nemotron.Run("", arguments, ("NEMOTRON_HOME", empty.Path)), "models/pico", "-m");
    }

    [Fact]
    public void Without_m_the_shipped_model_answers()
    {
        using var home = new TempFolder();
        ScriptedModel.WriteSum(home.File("models/pico"));
        Assert.Equal("It is 12.\n", Nemotron.Run("", ["run", "--thinking", "off", "What is 7 + 5?"], ("NEMOTRON_HOME", home.Path)).Output);
    }

    [Fact]
    public void A_prompt_may_begin_with_an_at_sign()
    {
        using var model = new TempFolder();
        ScriptedModel.WriteSum(model.Path);
        Assert.Equal("It is 12.\n", Nemotron.Run("run", "-m", model.Path, "--thinking", "off", "@all hello").Output);
    }
}
