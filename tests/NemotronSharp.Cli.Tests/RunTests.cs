using System.Text.Json.Nodes;

namespace NemotronSharp.Cli.Tests;

public sealed class RunTests : IDisposable
{
    private readonly TempFolder _model = new();

    public void Dispose() => _model.Dispose();

    private Outcome Run(params string[] arguments) => Nemotron.Run(["run", "-m", _model.Path, .. arguments]);

    private JsonNode RunJson(params string[] arguments)
    {
        var (code, output, error) = Run([.. arguments, "--json"]);
        Assert.Equal((0, ""), (code, error));
        Assert.Single(output.TrimEnd('\n').Split('\n'));
        return JsonNode.Parse(output)!;
    }

    [Fact]
    public void Reasoning_and_answer_are_told_apart_in_a_pipe()
    {
        ScriptedModel.WriteSum(_model.Path);
        Assert.Equal(new Outcome(0, "<think>\nSeven and five.\n</think>\nIt is 12.\n", ""), Run("What is 7 + 5?"));
    }

    [Fact]
    public void Thinking_off_answers_at_once()
    {
        ScriptedModel.WriteSum(_model.Path);
        Assert.Equal(new Outcome(0, "It is 12.\n", ""), Run("--thinking", "off", "What is 7 + 5?"));
    }

    [Fact]
    public void Json_holds_the_parts_the_counts_and_the_times()
    {
        ScriptedModel.WriteSum(_model.Path);
        var json = RunJson("--temperature", "0", "--system", "Be brief.", "What is 7 + 5?");
        Assert.Equal("Seven and five.", (string?)json["reasoning"]);
        Assert.Equal("It is 12.", (string?)json["content"]);
        Assert.Empty(json["tool_calls"]!.AsArray());
        Assert.Equal("stop", (string?)json["finish_reason"]);

        // <|im_start|>system\nBe brief.<|im_end|>\n and so on: one id a byte, but one for each of the seven tags.
        var prompt = "system\nBe brief.\nuser\nWhat is 7 + 5?\nassistant\n".Length + 6;
        Assert.Equal((prompt, 4, prompt + 4), ((int)json["usage"]!["prompt_tokens"]!, (int)json["usage"]!["completion_tokens"]!, (int)json["usage"]!["total_tokens"]!));
        Assert.True((double)json["timings"]!["prompt_ms"]! > 0);
        Assert.True((double)json["timings"]!["decode_tokens_per_second"]! > 0);
    }

    // The chain has five tokens behind the prompt's last; the head is always right or always wrong.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Drafts_are_counted_and_change_no_text(bool right)
    {
        ScriptedModel.WriteSumWithDrafts(_model.Path, right);
        string[] arguments = ["--temperature", "0", "What is 7 + 5?"];
        var (with, without) = (RunJson(arguments), RunJson(["--drafts", "0", .. arguments]));
        Assert.Equal("It is 12.", (string?)with["content"]);
        Assert.Equal((3, 0, 0), Counts(without));
        var (steps, drafted, accepted) = Counts(with);
        Assert.Equal(3, steps + accepted);
        Assert.InRange(drafted, 1, 9);
        Assert.Equal(right, accepted > 0);

        var (code, output, error) = Run(["-v", .. arguments]);
        Assert.Equal((0, "<think>\nSeven and five.\n</think>\nIt is 12.\n"), (code, output));
        Assert.Matches(@"^\d+ tokens read at \d+ a second, 4 written at \d+, \d of \d drafts right in \d steps\n$", error);
        Nemotron.AssertFails(Run("--drafts", "9", "Hi"), "--drafts: found 9, expected 0 to 8");

        static (int, int, int) Counts(JsonNode json) => ((int)json["speculation"]!["steps"]!, (int)json["speculation"]!["drafted"]!, (int)json["speculation"]!["accepted"]!);
    }

    [Fact]
    public void Tool_call_is_a_line_in_text_and_an_object_in_json()
    {
        ScriptedModel.WriteToolCall(_model.Path);
        var tools = _model.File("tools.json");
        File.WriteAllText(tools, """[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}}}}}]""");
        Assert.Equal("<think>\nI look.\n</think>\n→ get_weather({\"city\":\"Paris\",\"days\":3})\n", Run("--tools", tools, "Weather?").Output);

        var json = RunJson("--tools", tools, "Weather?");
        Assert.Equal("tool_calls", (string?)json["finish_reason"]);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""[{"name":"get_weather","arguments":{"city":"Paris","days":3}}]"""), json["tool_calls"]));
        Assert.Null(json["content"]);
    }

    [Fact]
    public void Max_tokens_cuts_off_and_says_so()
    {
        ScriptedModel.WriteEndless(_model.Path);
        var (code, output, error) = Run("--max-tokens", "5", "Go on.");
        Assert.Equal((0, "<think>\nand so on and so\n</think>\n"), (code, output));
        Assert.Contains("5 tokens", error);

        var json = RunJson("--max-tokens", "5", "Go on.");
        Assert.Equal(("length", 5), ((string?)json["finish_reason"], (int)json["usage"]!["completion_tokens"]!));
    }

    [Fact]
    public void Prompt_may_come_from_standard_input()
    {
        ScriptedModel.WriteSum(_model.Path);
        var fromInput = JsonNode.Parse(Nemotron.Run("What is 7 + 5? Größe", ["run", "-m", _model.Path, "--json", "-"]).Output)!;
        Assert.Equal((int)RunJson("What is 7 + 5? Größe")["usage"]!["prompt_tokens"]!, (int)fromInput["usage"]!["prompt_tokens"]!);
    }

    [Theory]
    [InlineData("--temperature", "-1", "Temperature")]
    [InlineData("--top-p", "2", "TopP")]
    [InlineData("--tools", "no-such.json", "no-such.json")]
    public void Wrong_option_value_is_named(string option, string value, string word)
    {
        ScriptedModel.WriteSum(_model.Path);
        Nemotron.AssertFails(Run(option, value, "Hi"), word);
    }

    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("{}", "list")]
    [InlineData("[3]", "entry 0")]
    [InlineData("[{\"type\":\"function\"}]", "tools[0]")]
    public void Wrong_tool_list_is_named(string content, string word)
    {
        ScriptedModel.WriteSum(_model.Path);
        File.WriteAllText(_model.File("tools.json"), content);
        Nemotron.AssertFails(Run("--tools", _model.File("tools.json"), "Hi"), word);
    }

    [Theory]
    [InlineData("config.json", "{\"model_type\":\"nemotron_h\"}", "config.json")]
    [InlineData("tokenizer.json", "{}", "tokenizer.json")]
    [InlineData("chat_template.jinja", "{% if %}", "chat_template.jinja, line 1")]
    [InlineData("model.safetensors", "garbage", "model.safetensors")]
    public void Damaged_model_file_is_named(string file, string content, string word)
    {
        ScriptedModel.WriteSum(_model.Path);
        File.WriteAllText(_model.File(file), content);
        Nemotron.AssertFails(Run("Hi"), word);
    }

    [Fact]
    public void Control_c_ends_the_answer_with_code_130()
    {
        ScriptedModel.WriteEndless(_model.Path);
        using var process = Nemotron.Start(Nemotron.Executable, ["run", "-m", _model.Path, "--max-tokens", "100000000", "Go on."]);
        Assert.Equal("<think>", process.StandardOutput.ReadLine());
        using (var kill = Nemotron.Start("kill", ["-INT", $"{process.Id}"])) Assert.Equal(0, Nemotron.End(kill).ExitCode);
        var (code, output, error) = Nemotron.End(process);
        Assert.Equal((130, ""), (code, error));
        Assert.EndsWith("\n</think>\n", output);
    }
}
