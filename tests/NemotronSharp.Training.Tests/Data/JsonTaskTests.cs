using System.Text.Json.Nodes;
using NemotronSharp.Training.Data;

namespace NemotronSharp.Training.Tests.Data;

public class JsonTaskTests
{
    private const int Many = 2000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_answer_fits_the_schema_that_was_given(bool heldOut)
    {
        var forms = new Dictionary<string, int>();
        foreach (var conversation in Conversations(heldOut))
        {
            var (schema, form, _) = SchemaOf(conversation);
            forms[form] = forms.GetValueOrDefault(form) + 1;
            Check(schema, JsonNode.Parse(Answer(conversation))!, Answer(conversation));
        }
        Assert.Equal(["example", "schema", "typescript"], forms.Keys.Order());
        Assert.All(forms.Values, count => Assert.InRange(count, Many / 10, Many));
    }

    [Fact]
    public void Every_value_stands_in_the_text()
    {
        foreach (var conversation in Conversations(heldOut: true))
        {
            string text = SchemaOf(conversation).Text;
            foreach (string value in Leaves(JsonNode.Parse(Answer(conversation))!)) Assert.Contains(value, text);
        }
    }

    [Fact]
    public void The_answer_is_one_line_of_json_and_nothing_else()
    {
        foreach (var conversation in Conversations(heldOut: true))
        {
            string answer = Answer(conversation);
            Assert.StartsWith("{", answer);
            Assert.EndsWith("}", answer);
            Assert.DoesNotContain('\n', answer);
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(answer), conversation.Judged.Single().Expect.Json));
        }
    }

    [Fact]
    public void Keys_of_the_evaluation_are_never_in_training()
    {
        var (asked, taught) = (AllKeys(true), AllKeys(false));
        Assert.True(asked.Count > 300, $"only {asked.Count} keys");
        Assert.Empty(asked.Intersect(taught));

        static HashSet<string> AllKeys(bool heldOut) => [.. Conversations(heldOut).SelectMany(c => KeysOf(JsonNode.Parse(Answer(c))!))];
        static IEnumerable<string> KeysOf(JsonNode node) => node is JsonObject o ? o.SelectMany(p => KeysOf(p.Value!).Prepend(p.Key)) : [];
    }

    private static IEnumerable<Conversation> Conversations(bool heldOut) => TaskCatalog.Generate("json", "test", 7, heldOut, 50).Take(Many);

    private static string Answer(Conversation conversation) => (string)conversation.Messages[^1]!["content"]!;

    // The schema is the first thing in braces; all forms become key -> type name, list of choices, or object.
    private static (JsonObject Schema, string Form, string Text) SchemaOf(Conversation conversation)
    {
        string prompt = string.Join('\n', conversation.Messages.Take(conversation.PromptMessages).Select(m => (string)m!["content"]!));
        int begin = prompt.IndexOf('{'), end = begin;
        for (int depth = 0; ; end++)
            if (prompt[end] == '{') depth++;
            else if (prompt[end] == '}' && --depth == 0) break;
        string text = prompt[begin..(end + 1)], rest = prompt[..begin] + prompt[(end + 1)..];
        if (text.StartsWith("{\"type\": \"object\", \"properties\"", StringComparison.Ordinal)) return (FromSchema(JsonNode.Parse(text)!), "schema", rest);
        if (text[1] == '"') return (FromExample(JsonNode.Parse(text)!.AsObject()), "example", rest);
        return (FromTypeScript(text), "typescript", rest);
    }

    private static JsonObject FromSchema(JsonNode schema)
    {
        var plain = new JsonObject();
        foreach (var (key, property) in schema["properties"]!.AsObject())
            plain[key] = property!["enum"]?.DeepClone() ?? ((string)property["type"]! switch
            {
                "object" => FromSchema(property),
                "array" when (string)property["items"]!["type"]! == "string" => "string[]",
                var type => type,
            });
        return plain;
    }

    private static JsonObject FromExample(JsonObject example)
    {
        var plain = new JsonObject();
        foreach (var (key, value) in example)
            plain[key] = value switch
            {
                JsonObject inner => FromExample(inner),
                JsonArray => "string[]",
                _ when ((string)value!).Contains(" or ") => new JsonArray([.. ((string)value!).Split(" or ").Select(c => (JsonNode)c)]),
                _ => (string)value!,
            };
        return plain;
    }

    private static JsonObject FromTypeScript(string type)
    {
        var plain = new JsonObject();
        string inside = type[1..^1].Trim();
        for (int at = 0; at < inside.Length;)
        {
            int colon = inside.IndexOf(": ", at, StringComparison.Ordinal), end = colon + 2;
            for (int depth = 0; end < inside.Length && (inside[end] != ';' || depth > 0); end++) depth += inside[end] == '{' ? 1 : inside[end] == '}' ? -1 : 0;
            string value = inside[(colon + 2)..end];
            plain[inside[at..colon]] = value[0] switch
            {
                '{' => FromTypeScript(value),
                '"' => new JsonArray([.. value.Split(" | ").Select(c => (JsonNode)c.Trim('"'))]),
                _ => value,
            };
            at = end + 2;
        }
        return plain;
    }

    private static void Check(JsonNode type, JsonNode value, string where)
    {
        if (type is JsonObject properties)
        {
            Assert.Equal(properties.Select(p => p.Key), value.AsObject().Select(p => p.Key)); // in the schema's order
            foreach (var (key, inner) in properties) Check(inner!, value[key]!, where);
            return;
        }
        bool fits = type is JsonArray choices ? choices.Any(c => (string)c! == (string)value!) : (string)type! switch
        {
            "string" => value.GetValueKind() == System.Text.Json.JsonValueKind.String,
            "boolean" => value.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False,
            "integer" => long.TryParse(value.ToJsonString(), out _),
            "number" => value.GetValueKind() == System.Text.Json.JsonValueKind.Number,
            "string[]" => value is JsonArray items && items.All(i => i!.GetValueKind() == System.Text.Json.JsonValueKind.String),
            var other => throw new FormatException(other),
        };
        Assert.True(fits, $"{value.ToJsonString()} is no {type.ToJsonString()} in {where}");
    }

    private static IEnumerable<string> Leaves(JsonNode node) => node switch
    {
        JsonObject o => o.SelectMany(p => Leaves(p.Value!)),
        JsonArray a => a.SelectMany(i => Leaves(i!)),
        _ => [node.ToJsonString() switch { "true" => "es", "false" => "o", _ => node.ToString() }],
    };
}
