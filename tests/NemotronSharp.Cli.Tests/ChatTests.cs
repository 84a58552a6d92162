namespace NemotronSharp.Cli.Tests;

/// <summary>Chats with lines piped in.</summary>
public sealed class ChatTests : IDisposable
{
    private const string Answer = "<think>\nSeven and five.\n</think>\nIt is 12.\n", ShortAnswer = "It is 12.\n";

    private readonly TempFolder _model = new();

    public ChatTests() => ScriptedModel.WriteSum(_model.Path);

    public void Dispose() => _model.Dispose();

    private Outcome Chat(string lines, params string[] arguments) => Nemotron.Run(lines, ["chat", "-m", _model.Path, .. arguments]);

    [Fact]
    public void Every_line_is_answered() => Assert.Equal(new Outcome(0, Answer + Answer, ""), Chat("What is 7 + 5?\n\nSure?\n"));

    [Fact]
    public void Last_line_needs_no_newline() => Assert.Equal(new Outcome(0, Answer, ""), Chat("What is 7 + 5?"));

    [Fact]
    public void Exit_leaves_at_once() => Assert.Equal(new Outcome(0, Answer, ""), Chat("What is 7 + 5?\n/exit\nSure?\n"));

    [Fact]
    public void Thinking_can_be_switched() =>
        Assert.Equal(new Outcome(0, ShortAnswer + Answer, ""), Chat("/thinking off\nWhat is 7 + 5?\n/thinking on\nSure?\n"));

    [Fact]
    public void Thinking_option_holds_from_the_start() => Assert.Equal(ShortAnswer, Chat("What is 7 + 5?\n", "--thinking", "off").Output);

    // The model's template refuses a fifth message by showing them all: this is what it was given.
    [Fact]
    public void History_holds_questions_answers_and_reasoning()
    {
        var outcome = Chat("One?\nTwo?\nThree?\n");
        Nemotron.AssertFails(
            outcome, """{"role": "user", "content": "One?"}, {"role": "assistant", "content": "It is 12.", "reasoning_content": "Seven and five."}, {"role": "user", "content": "Two?"}""",
            """{"role": "user", "content": "Three?"}]""");
        Assert.Equal(Answer + Answer, outcome.Output);
    }

    [Fact]
    public void System_prompt_comes_first_and_can_be_changed()
    {
        Nemotron.AssertFails(Chat("One?\nTwo?\n/system Be kind.\nThree?\n", "--system", "Be brief."), """[{"role": "system", "content": "Be kind."}, {"role": "user", "content": "One?"}""");
        Nemotron.AssertFails(Chat("One?\nTwo?\n/system\nThree?\n", "--system", "Be brief."), """[{"role": "user", "content": "One?"}""");
    }

    [Fact]
    public void Clear_forgets_the_conversation()
    {
        var (code, output, error) = Chat("One?\nTwo?\n/clear\nThree?\nFour?\n");
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(string.Concat(Enumerable.Repeat(Answer, 4)), output);
    }

    [Theory]
    [InlineData("/frobnicate")]
    [InlineData("/thinking perhaps")]
    public void Unknown_command_is_named_and_not_sent(string line)
    {
        var outcome = Chat(line + "\nOne?\n");
        Nemotron.AssertFails(outcome, line, "/help");
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public void An_answer_that_is_cut_off_says_so()
    {
        ScriptedModel.WriteEndless(_model.Path);
        var (code, output, error) = Chat("Go on.\n", "--max-tokens", "5");
        Assert.Equal((0, "<think>\nand so on and so\n</think>\n"), (code, output));
        Assert.Contains("5 tokens", error);
    }

    [Fact]
    public void A_conversation_beyond_the_model_s_context_says_so()
    {
        var (code, output, error) = Chat(new string('x', 600) + "\n");
        Assert.Equal((0, Answer), (code, output));
        Assert.Contains("512", error);
    }

    [Fact]
    public void Help_lists_the_commands()
    {
        var output = Chat("/help\n").Output;
        foreach (var command in (string[])["/clear", "/system", "/thinking", "/exit"]) Assert.Contains(command, output);
    }
}
