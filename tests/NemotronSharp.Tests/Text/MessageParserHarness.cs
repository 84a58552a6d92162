using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using NemotronSharp.Text;

namespace NemotronSharp.Tests.Text;

/// <summary>Feeds a parser pieces of text and writes what came out in a form that compares by value.</summary>
internal static class MessageParserHarness
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One tool with a parameter of each kind; <c>other</c> is a second tool without a schema.</summary>
    public static readonly JsonArray Tools = JsonNode.Parse("""
        [{"type":"function","function":{"name":"f","parameters":{"type":"object",
          "$defs":{"Point":{"type":"object","properties":{"x":{"type":"integer"}}}},
          "properties":{
            "s":{"type":"string"},"i":{"type":"integer"},"n":{"type":"number"},"b":{"type":"boolean"},
            "o":{"type":"object"},"a":{"type":"array","items":{"type":"integer"}},
            "si":{"type":["string","integer"]},"in":{"type":["integer","null"]},"bs":{"type":["boolean","string"]},
            "any":{"anyOf":[{"type":"number"},{"type":"array"}]},"one":{"oneOf":[{"type":"boolean"},{"type":"null"}]},
            "e":{"enum":["1","two",3,true,null]},"c":{"const":7},"es":{"type":"string","enum":["1"]},
            "ref":{"$ref":"#/$defs/Point"},"loop":{"$ref":"#/properties/loop"},"free":{},"shape":{"properties":{}}}}}},
         {"name":"other"}]
        """)!.AsArray();

    public sealed record Outcome(string Reasoning, string Content, string Calls, string Message);

    public static ParsedMessage Parse(string text, bool startsInReasoning = false, MessageParserOptions? options = null, JsonArray? tools = null)
    {
        var parser = new MessageParser(tools ?? Tools, startsInReasoning, options);
        parser.Append(text);
        parser.Complete();
        return parser.Message;
    }

    /// <summary>Parses the pieces, checks that the deltas are well formed, and returns them joined by kind.</summary>
    public static Outcome Run(IEnumerable<string> pieces, bool startsInReasoning, MessageParserOptions? options = null)
    {
        var parser = new MessageParser(Tools, startsInReasoning, options);
        var deltas = pieces.SelectMany(parser.Append).ToList();
        deltas.AddRange(parser.Complete());
        StringBuilder reasoning = new(), content = new(), calls = new(), arguments = new();
        ToolCallStarted? open = null;
        var completed = 0;
        foreach (var delta in deltas)
        {
            switch (delta)
            {
                case ReasoningDelta r:
                    Assert.NotEmpty(r.Text);
                    reasoning.Append(r.Text);
                    break;
                case ContentDelta c:
                    Assert.NotEmpty(c.Text);
                    content.Append(c.Text);
                    break;
                case ToolCallStarted started:
                    Assert.Null(open);
                    Assert.Equal(completed, started.Index);
                    open = started;
                    arguments.Clear();
                    break;
                case ToolArgumentsDelta a:
                    Assert.Equal(open!.Index, a.Index);
                    arguments.Append(a.Json);
                    break;
                case ToolCallCompleted done:
                    Assert.Equal(open!.Index, done.Index);
                    Assert.Equal(open.Name, done.Call.Name);
                    // Read back by an independent reader: the pieces are one JSON object, the one in the message.
                    Assert.True(JsonNode.DeepEquals(JsonNode.Parse(arguments.ToString()), done.Call.Arguments), $"{arguments} is not {done.Call.Arguments}");
                    calls.Append($"{open.Name}({arguments}) ");
                    completed++;
                    open = null;
                    break;
            }
        }
        Assert.Null(open);
        Assert.Equal(completed, parser.Message.ToolCalls.Count);
        return new Outcome(reasoning.ToString(), content.ToString(), calls.ToString(), Describe(parser.Message));
    }

    public static string Describe(ParsedMessage message)
    {
        var parts = new List<string>();
        if (message.Reasoning is { } reasoning) parts.Add($"R[{reasoning}]");
        if (message.Content is { } content) parts.Add($"C[{content}]");
        parts.AddRange(message.ToolCalls.Select(c => $"{c.Name}{c.Arguments.ToJsonString(Relaxed)}"));
        return string.Join(" ", parts);
    }
}
