using System.Text.Json.Nodes;
using NemotronSharp.Text;
using static NemotronSharp.Tests.Text.MessageParserHarness;

namespace NemotronSharp.Tests.Text;

public class MessageParserTests
{
    public static TheoryData<string> CaseNames => [.. MessageParserCases.All.Select(c => c.Name)];

    private static MessageParserCases.Case Find(string name) => MessageParserCases.All.Single(c => c.Name == name);

    [Theory, MemberData(nameof(CaseNames))]
    public void Output_gives_the_message(string name)
    {
        var (_, thinking, output, message) = Find(name);
        Assert.Equal(message, Describe(Parse(output, thinking)));
    }

    [Fact]
    public void Reasoning_streams_before_it_ends()
    {
        var parser = new MessageParser(null, startsInReasoning: true);
        Assert.Equal([new ReasoningDelta("I think")], parser.Append("I think"));
        Assert.Equal([new ReasoningDelta(" so")], parser.Append(" so\n"));
        Assert.Equal([new ContentDelta("Yes")], parser.Append("</think>\nYes"));
        Assert.Empty(parser.Append(" "));
        Assert.Equal([new ContentDelta(" it")], parser.Append("it"));
        Assert.Empty(parser.Complete());
    }

    [Fact]
    public void String_argument_streams_before_it_ends()
    {
        var parser = new MessageParser(Tools, startsInReasoning: false);
        Assert.Equal([new ToolCallStarted(0, "f")], parser.Append("<tool_call>\n<function=f>\n"));
        Assert.Equal([new ToolArgumentsDelta(0, """{"s":""")], parser.Append("<parameter=s>\n"));
        Assert.Equal([new ToolArgumentsDelta(0, "\"Hello \\\"you\\\"")], parser.Append("Hello \"you\"\n"));
        Assert.Equal([new ToolArgumentsDelta(0, "\\nagain")], parser.Append("again\n"));
        var end = parser.Append("</parameter>\n</function>");
        Assert.Equal(new ToolArgumentsDelta(0, "\"}"), end[0]);
        Assert.Equal("f", Assert.IsType<ToolCallCompleted>(end[1]).Call.Name);
        Assert.Equal(2, end.Count);
    }

    [Theory]
    [InlineData("I am sure it is 4.", true, null, "I am sure it is 4.")]
    [InlineData("r</think>c", true, "r", "c")]
    public void Forced_content_swaps_reasoning_only_when_there_is_no_answer(string output, bool thinking, string? reasoning, string content)
    {
        var message = Parse(output, thinking, new MessageParserOptions { ForceNonEmptyContent = true });
        Assert.Equal((reasoning, content), (message.Reasoning, message.Content));
    }

    [Fact]
    public void Forced_content_leaves_a_call_alone()
    {
        var message = Parse("why<tool_call><function=f></function></tool_call>", true, new MessageParserOptions { ForceNonEmptyContent = true });
        Assert.Equal("R[why] f{}", Describe(message));
    }

    [Fact]
    public void Forced_content_reaches_the_stream()
    {
        var parser = new MessageParser(null, startsInReasoning: true, new MessageParserOptions { ForceNonEmptyContent = true });
        parser.Append("four");
        Assert.Equal([new ContentDelta("four")], parser.Complete());
    }

    [Fact]
    public void Calls_are_read_without_a_tool_list()
    {
        var parser = new MessageParser(null, startsInReasoning: false);
        parser.Append("<tool_call><function=f><parameter=i>3</parameter></function></tool_call>");
        parser.Complete();
        Assert.Equal("""f{"i":"3"}""", Describe(parser.Message));
    }

    [Fact]
    public void Message_is_not_there_before_the_end()
    {
        var parser = new MessageParser(null, startsInReasoning: false);
        Assert.Throws<InvalidOperationException>(() => parser.Message);
        parser.Complete();
        Assert.Throws<InvalidOperationException>(() => parser.Append("more"));
        Assert.Throws<InvalidOperationException>(() => parser.Complete());
    }

    [Theory]
    [InlineData("[{\"name\":\"f\"}, 3]", "tools[1]")]
    [InlineData("[{\"type\":\"function\",\"function\":{\"description\":\"x\"}}]", "tools[0]")]
    public void Tool_list_that_is_none_is_refused_by_place(string tools, string place)
    {
        var error = Assert.Throws<ArgumentException>(() => new MessageParser(JsonNode.Parse(tools)!.AsArray(), startsInReasoning: false));
        Assert.Contains(place, error.Message);
    }

    [Fact]
    public void A_name_without_end_does_not_hold_the_stream_back()
    {
        var parser = new MessageParser(null, startsInReasoning: false);
        var streamed = parser.Append("<tool_call><function=" + new string('x', 300));
        Assert.NotEmpty(streamed);
    }
}
