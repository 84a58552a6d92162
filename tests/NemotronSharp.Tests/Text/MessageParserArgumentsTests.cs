using System.Text.Json.Nodes;
using static NemotronSharp.Tests.Text.MessageParserHarness;

namespace NemotronSharp.Tests.Text;

/// <summary>Values get the type the tool's schema declares. Expected values are written as JSON.</summary>
public class MessageParserArgumentsTests
{
    private static JsonNode? Value(string parameter, string text)
    {
        var call = Assert.Single(Parse($"<tool_call>\n<function=f>\n<parameter={parameter}>\n{text}\n</parameter>\n</function>\n</tool_call>").ToolCalls);
        return call.Arguments[parameter];
    }

    [Theory]
    [InlineData("s", "5", "\"5\"")]
    [InlineData("s", "true", "\"true\"")]
    [InlineData("s", "None", "\"None\"")]
    [InlineData("s", "null", "null")]
    [InlineData("s", " null", "\" null\"")]
    [InlineData("i", "5", "5")]
    [InlineData("i", "-12", "-12")]
    [InlineData("i", "+7", "7")]
    [InlineData("i", " 8 ", "8")]
    [InlineData("i", "5.0", "5")]
    [InlineData("i", "5.5", "\"5.5\"")]
    [InlineData("i", "five", "\"five\"")]
    [InlineData("i", "Null", "null")]
    [InlineData("i", "123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData("n", "2.5", "2.5")]
    [InlineData("n", "3", "3")]
    [InlineData("n", ".5", "0.5")]
    [InlineData("n", "-1e3", "-1e3")]
    [InlineData("n", "0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827")]
    [InlineData("n", "nan", "\"nan\"")]
    [InlineData("n", "1e999", "\"1e999\"")]
    [InlineData("b", "true", "true")]
    [InlineData("b", "True", "true")]
    [InlineData("b", "False", "false")]
    [InlineData("b", "yes", "false")]
    [InlineData("o", "{\"a\": 1}", "{\"a\":1}")]
    [InlineData("o", "{'a': True, 'b': None, 'c': (1, 2.5), 3: 'it\\'s'}", "{\"a\":true,\"b\":null,\"c\":[1,2.5],\"3\":\"it's\"}")]
    [InlineData("o", "{'a': [1, 2,],}", "{\"a\":[1,2]}")]
    [InlineData("o", "{\"a\": 1, \"a\": 2}", "{\"a\":2}")]
    [InlineData("o", "{'a': 1, 'a': 2}", "{\"a\":2}")]
    [InlineData("o", "{}", "{}")]
    [InlineData("o", "{'a': os.system('x')}", "\"{'a': os.system('x')}\"")]
    [InlineData("o", "{\"a\": ", "\"{\\\"a\\\": \"")]
    [InlineData("a", "[1, \"x\", null]", "[1,\"x\",null]")]
    [InlineData("a", "['a', \"b\", '\\u00e9', '\\x41']", "[\"a\",\"b\",\"é\",\"A\"]")]
    [InlineData("a", "[1] and more", "\"[1] and more\"")]
    [InlineData("a", "a, b", "\"a, b\"")]
    [InlineData("si", "5", "5")]
    [InlineData("si", "five", "\"five\"")]
    [InlineData("in", "null", "null")]
    [InlineData("in", "4", "4")]
    [InlineData("bs", "true", "true")]
    [InlineData("bs", "maybe", "\"maybe\"")]
    [InlineData("any", "1.5", "1.5")]
    [InlineData("any", "[2]", "[2]")]
    [InlineData("one", "true", "true")]
    [InlineData("e", "1", "\"1\"")]
    [InlineData("e", "3", "3")]
    [InlineData("e", "True", "true")]
    [InlineData("e", "four", "\"four\"")]
    [InlineData("c", "7", "7")]
    [InlineData("es", "1", "\"1\"")]
    [InlineData("ref", "{\"x\": 1}", "{\"x\":1}")]
    [InlineData("loop", "x", "\"x\"")]
    [InlineData("free", "5", "\"5\"")]
    [InlineData("shape", "{'x': 1}", "{\"x\":1}")]
    [InlineData("undeclared", "5", "\"5\"")]
    public void Text_takes_the_declared_type(string parameter, string text, string json) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), Value(parameter, text)), $"expected {json}, found {Value(parameter, text)?.ToJsonString() ?? "null"}");

    [Theory]
    [InlineData("a", "[")]
    [InlineData("o", "{'a':")]
    public void Deep_nesting_stays_text(string parameter, string unit)
    {
        var text = string.Concat(Enumerable.Repeat(unit, 100_000));
        Assert.Equal(text, Value(parameter, text)!.GetValue<string>());
    }

    [Fact]
    public void Half_a_surrogate_pair_in_an_object_does_not_throw() =>
        Assert.NotNull(Value("o", "{\"a\": \"\\ud83d\"}"));
}
