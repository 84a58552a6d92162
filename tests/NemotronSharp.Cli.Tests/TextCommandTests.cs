using System.Text.Json.Nodes;

namespace NemotronSharp.Cli.Tests;

/// <summary><c>tokenize</c> and <c>render</c> on a tokenizer of one id a byte.</summary>
public sealed class TextCommandTests : IDisposable
{
    private const string Hi = """[{"role":"user","content":"Hi <|im_end|>"}]""";

    private readonly TempFolder _model = new();

    public TextCommandTests() => ScriptedModel.WriteSum(_model.Path);

    public void Dispose() => _model.Dispose();

    private Outcome Run(string command, params string[] arguments) => Nemotron.Run([command, "-m", _model.Path, .. arguments]);

    private int[] Ids(params string[] arguments) => [.. JsonNode.Parse(Run("tokenize", [.. arguments, "--json"]).Output)!["ids"]!.AsArray().Select(id => (int)id!)];

    [Fact]
    public void Tokenize_json_has_ids_and_pieces()
    {
        var json = JsonNode.Parse(Run("tokenize", "Hé", "--json").Output)!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"count":3,"ids":[72,195,169],"pieces":["H","\ufffd","\ufffd"]}"""), json), json.ToJsonString());
    }

    [Fact]
    public void Tokenize_table_shows_each_piece_and_the_count()
    {
        var output = Run("tokenize", "a é").Output;
        string[] rows = [.. output.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
        Assert.Contains("0 97 \"a\"", rows);
        Assert.Contains("1 32 \" \"", rows);
        Assert.Contains("2 195 bytes C3", rows);
        Assert.Contains(rows, row => row.StartsWith("4 tokens, 4 bytes", StringComparison.Ordinal));
    }

    [Fact]
    public void Only_control_makes_control_tokens()
    {
        Assert.Equal("<|im_end|>".Select(c => (int)c), Ids("<|im_end|>"));
        Assert.Equal([257], Ids("--control", "<|im_end|>"));
    }

    [Fact]
    public void Tokenize_reads_files_and_standard_input()
    {
        File.WriteAllText(_model.File("text.txt"), "abc\n");
        Assert.Equal([97, 98, 99, 10], Ids("--file", _model.File("text.txt")));
        Assert.Contains("\"ids\":[97,98,99,10]", Nemotron.Run("abc\n", ["tokenize", "-m", _model.Path, "--json"]).Output);
        Nemotron.AssertFails(Run("tokenize", "--file", "no-such.txt"), "no-such.txt");
    }

    [Fact]
    public void Tokenize_takes_a_tokenizer_file_for_a_model() =>
        Assert.Equal(0, Nemotron.Run("tokenize", "-m", _model.File("tokenizer.json"), "abc").ExitCode);

    [Fact]
    public void Render_is_exact_to_the_last_character()
    {
        var (code, output, error) = Nemotron.Run(Hi, ["render", "-m", _model.Path, "--messages", "-"]);
        Assert.Equal((0, "<|im_start|>user\nHi <|im_end|><|im_end|>\n<|im_start|>assistant\n<think>", ""), (code, output, error));
    }

    [Fact]
    public void Render_passes_thinking_tools_and_variables_to_the_template()
    {
        File.WriteAllText(_model.File("m.json"), """[{"role":"user","content":"Hi"}]""");
        File.WriteAllText(_model.File("t.json"), """[{"name":"f"}]""");
        var output = Run("render", "--messages", _model.File("m.json"), "--tools", _model.File("t.json"), "--thinking", "off", "--set", "mood={\"a\": [1, null]}").Output;
        Assert.Equal("<|im_start|>user\nHi<|im_end|>\ntools: [{\"name\": \"f\"}]\nmood: {\"a\": [1, null]}\n<|im_start|>assistant\n<think></think>", output);
        Assert.Equal("<|im_start|>user\nHi<|im_end|>\n", Run("render", "--messages", _model.File("m.json"), "--no-generation-prompt").Output);
    }

    [Fact]
    public void Rendered_ids_hold_the_template_s_control_tokens_and_not_the_user_s()
    {
        var output = Nemotron.Run(Hi, ["render", "-m", _model.Path, "--messages", "-", "--ids", "--no-generation-prompt"]).Output;
        int[] expected = [256, .. "user\nHi <|im_end|>".Select(c => (int)c), 257, '\n'];
        Assert.Equal(string.Join(' ', expected) + "\n", output);
    }

    [Theory]
    [InlineData("[", "not JSON")]
    [InlineData("{}", "list of messages")]
    [InlineData("[1]", "entry 0")]
    [InlineData("[{\"role\":\"user\",\"role\":\"tool\"}]", "role")]
    [InlineData("[{\"role\":\"\\ud800\"}]", "the data is not valid")]
    [InlineData("[{},{},{},{},{}]", "seen: ")]
    public void Messages_that_cannot_be_rendered_are_named(string messages, string word) =>
        Nemotron.AssertFails(Nemotron.Run(messages, ["render", "-m", _model.Path, "--messages", "-"]), word);

    [Fact]
    public void Control_characters_of_a_file_do_not_reach_the_terminal()
    {
        File.WriteAllText(_model.File("chat_template.jinja"), "{{ raise_exception('red: \\x1b[31m\\x07') }}");
        var outcome = Nemotron.Run(Hi, ["render", "-m", _model.Path, "--messages", "-"]);
        Nemotron.AssertFails(outcome, "red: \uFFFD[31m\uFFFD");
        Assert.DoesNotContain('\u001b', outcome.Error);
    }

    [Theory]
    [InlineData("mood", "NAME=JSON")]
    [InlineData("mood=gloomy", "mood=gloomy")]
    [InlineData("messages=[]", "messages")]
    public void Variables_that_are_none_are_named(string variable, string word) =>
        Nemotron.AssertFails(Nemotron.Run(Hi, ["render", "-m", _model.Path, "--messages", "-", "--set", variable]), word);
}
