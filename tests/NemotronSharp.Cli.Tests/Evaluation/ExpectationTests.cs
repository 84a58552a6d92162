using System.Text.Json.Nodes;
using NemotronSharp.Cli.Evaluation;
using NemotronSharp.Text;

namespace NemotronSharp.Cli.Tests.Evaluation;

public class ExpectationTests
{
    private static bool Meets(string expect, string? content, params (string Name, string Arguments)[] calls) => Expectation.Read(JsonFields.Parse(expect, "test"))
        .IsMetBy(new ParsedMessage("12 it is", content, [.. calls.Select(c => new ToolCall(c.Name, JsonNode.Parse(c.Arguments)!.AsObject()))]));

    [Theory]
    [InlineData("It is 12.", true)]
    [InlineData("It is 13.", false)]
    [InlineData("it IS 12.", false)]
    [InlineData("12.", false)]
    [InlineData(null, false)]
    public void Every_text_must_stand_in_the_content_and_not_only_in_the_reasoning(string? content, bool right) =>
        Assert.Equal(right, Meets("""{"contains":["It is","12"]}""", content));

    [Fact]
    public void A_call_that_nobody_wants_is_wrong() => Assert.False(Meets("""{"contains":["12"]}""", "12", ("add", "{}")));

    [Theory]
    [InlineData("""{"a":1,"b":"x y"}""", true)]
    [InlineData("""{"b":"x y","a":1}""", true)]
    [InlineData("""{"a":1.0,"b":"x y"}""", true)]
    [InlineData("""{"a":"1","b":"x y"}""", false)]
    [InlineData("""{"a":1,"b":"x  y"}""", false)]
    [InlineData("""{"a":1}""", false)]
    [InlineData("""{"a":1,"b":"x y","c":null}""", false)]
    public void Arguments_must_be_equal_as_json(string arguments, bool right) =>
        Assert.Equal(right, Meets("""{"contains":[],"tool_call":{"name":"f","arguments":{"a":1,"b":"x y"}}}""", "", ("f", arguments)));

    [Fact]
    public void There_must_be_one_call_of_that_name()
    {
        const string Expect = """{"contains":[],"tool_call":{"name":"f","arguments":{}}}""";
        Assert.True(Meets(Expect, null, ("f", "{}")));
        Assert.False(Meets(Expect, null));
        Assert.False(Meets(Expect, null, ("g", "{}")));
        Assert.False(Meets(Expect, null, ("f", "{}"), ("f", "{}")));
    }

    [Theory]
    [InlineData("""{"name":"Ann","ages":[3,4]}""", true)]
    [InlineData(" { \"ages\" : [3, 4], \"name\" : \"Ann\" }\n", true)]
    [InlineData("""{"name":"Ann","ages":[4,3]}""", false)]
    [InlineData("""{"name":"Ann","name":"Ann","ages":[3,4]}""", false)]
    [InlineData("""Here: {"name":"Ann","ages":[3,4]}""", false)]
    [InlineData("""{"name":"Ann","ages":[3,4]""", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Json_must_be_the_whole_content(string? content, bool right) =>
        Assert.Equal(right, Meets("""{"contains":[],"json":{"name":"Ann","ages":[3,4]}}""", content));
}
