using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NemotronSharp.Text;
using NemotronSharp.Training.Data;
using NemotronSharp.Training.Data.Tasks.Tools;

namespace NemotronSharp.Training.Tests.Data;

/// <summary>Conversations with tools: what is called is on offer, what is passed was said, and what evaluation asks was never taught.</summary>
public partial class ToolTaskTests
{
    private static readonly string[] _tasks = ["tool-call", "no-tool", "multi-step"];
    private static readonly Lazy<List<Conversation>> _training = new(() => [.. _tasks.SelectMany(t => TaskCatalog.Generate(t, "train", 11, false, 60).Take(6700))]);
    private static readonly Lazy<List<Conversation>> _heldOut = new(() => [.. _tasks.SelectMany(t => TaskCatalog.Generate(t, "held", 11, true, 60).Take(500))]);

    [Fact]
    public void Training_asks_often_about_the_same_tools_in_one_sample_with_every_reasoning_and_evaluation_once()
    {
        var encoder = new ChatEncoder(TestTemplate.Template);
        var training = TaskCatalog.Generate("tool-call", "dense", 3, false, 100, turns: 8).Take(300).ToList();
        Assert.InRange(training.Average(Requests), 3.5, 7);
        foreach (var conversation in training)
        {
            var sample = Assert.Single(encoder.Samples(conversation, keepReasoning: true));
            var learned = sample.Where(c => c.Learned).Select(c => c.Text.Value).ToArray();
            var reasonings = conversation.Messages.Select(m => (string?)m!["reasoning_content"]).OfType<string>().ToArray();
            Assert.Equal(reasonings.Length, learned.Length);
            Assert.All(reasonings.Zip(learned), turn => Assert.StartsWith(turn.First, turn.Second.TrimStart()));
        }
        Assert.All(TaskCatalog.Generate("tool-call", "dense", 3, true, 100, turns: 8).Take(300), c => Assert.InRange(Requests(c), 1, 2)); // 2: it was asked back

        static int Requests(Conversation conversation) => conversation.Messages.Count(m => Role(m) == "user");
    }

    [Fact]
    public void A_call_names_an_offered_tool_and_its_arguments_satisfy_the_schema()
    {
        int calls = 0;
        foreach (var (conversation, _, call) in Calls(_training.Value.Concat(_heldOut.Value)))
        {
            var schema = Assert.Single(conversation.Tools!, t => Name(t) == (string)call["name"]!)!["function"]!["parameters"]!;
            foreach (var (key, value) in call["arguments"]!.AsObject())
            {
                var property = schema["properties"]![key];
                Assert.NotNull(property);
                Assert.True(IsA((string)property["type"]!, value!), $"{key} = {value} is no {property["type"]}");
                if (property["enum"] is JsonArray choices) Assert.Contains((string)value!, choices.Select(c => (string)c!));
            }
            foreach (var required in schema["required"]?.AsArray() ?? []) Assert.True(call["arguments"]!.AsObject().ContainsKey((string)required!), $"{required} is missing: {call}");
            calls++;
        }
        Assert.True(calls > 15000, $"only {calls} calls");
    }

    [Fact]
    public void Every_argument_was_said_by_the_user_or_returned_by_a_tool()
    {
        foreach (var (conversation, index, call) in Calls(_training.Value.Concat(_heldOut.Value)))
        {
            var heard = conversation.Messages.Take(index).Where(m => Role(m) is "user" or "tool").Select(m => (string)m!["content"]!).ToArray();
            foreach (var (key, value) in call["arguments"]!.AsObject())
            {
                if (value!.GetValueKind() is JsonValueKind.True) Assert.Contains(heard, h => h.Contains($"with {NameStyle.Spoken(key)}"));
                else if (value.GetValueKind() is JsonValueKind.False) Assert.Contains(heard, h => h.Contains($"without {NameStyle.Spoken(key)}"));
                else foreach (string part in value is JsonArray list ? list.Select(v => (string)v!) : [value.ToString()])
                    Assert.True(heard.Any(h => h.Contains(part)), $"{key} = {part} was never said: {string.Join(" | ", heard)}");
            }
        }
    }

    [Fact]
    public void A_request_says_the_name_of_no_tool_but_the_right_one()
    {
        int judged = 0, said = 0;
        foreach (var conversation in _training.Value.Where(c => c.Task != "multi-step" && c.Judged is [var turn, ..] && turn.Message < 4))
        {
            string request = (string)conversation.Messages.First(m => Role(m) == "user")!["content"]!;
            string words = Plain(request);
            foreach (var name in conversation.Tools!.Select(Name).Where(n => n != conversation.Judged[^1].Expect.Function))
                Assert.False(NameStyle.Spoken(name).Contains(' ') && words.Contains(Plain(NameStyle.Spoken(name))), $"{name} would fit: {request}");
            if (conversation.Judged[^1].Expect.Function is { } right && words.Contains(Plain(NameStyle.Spoken(right)))) said++;
            judged++;
        }
        Assert.True(judged > 10000, $"only {judged} requests");
        Assert.True(said > 1000, $"only {said} requests say the name of their tool: the comparison is worth little");
    }

    [Fact]
    public void Without_a_fitting_tool_nothing_is_called()
    {
        var answers = _training.Value.Where(c => c.Task == "no-tool").SelectMany(c => c.Messages).Where(m => Role(m) == "assistant").ToArray();
        Assert.DoesNotContain(answers, m => m!["tool_calls"] is not null);
        double refused = answers.Count(m => (string)m!["content"]! == "I have no tool for that.") / (double)answers.Length;
        Assert.InRange(refused, 0.4, 0.8);
        var sums = _training.Value.Where(c => c.Task == "no-tool" && Sum().IsMatch((string)c.Messages[^2]!["content"]!)).ToArray();
        Assert.True(sums.Length > 200, $"only {sums.Length} sums");
        Assert.All(sums, c => Assert.Contains("=", (string)c.Messages[^1]!["content"]!));
    }

    [Fact]
    public void Most_second_steps_need_what_the_first_returned()
    {
        var conversations = _training.Value.Where(c => c.Task == "multi-step").ToArray();
        int chained = 0;
        foreach (var conversation in conversations)
        {
            Assert.InRange(conversation.Judged.Count, 3, 4);
            string request = (string)conversation.Messages.First(m => Role(m) == "user")!["content"]!;
            var second = conversation.Messages[conversation.Judged[1].Message]!["tool_calls"]![0]!["function"]!["arguments"]!.AsObject();
            string result = (string)conversation.Messages[conversation.Judged[1].Message - 1]!["content"]!;
            if (second.Any(a => a.Value!.GetValueKind() == JsonValueKind.String && !request.Contains(a.Value.ToString()) && result.Contains(a.Value.ToString()))) chained++;
        }
        Assert.InRange(chained / (double)conversations.Length, 0.5, 0.9);
    }

    [Fact]
    public void A_missing_value_is_asked_for_by_the_words_of_its_key()
    {
        int asked = 0;
        foreach (var conversation in _training.Value)
            foreach (var (message, expect) in conversation.Judged.Where(j => ((string)conversation.Messages[j.Message]!["content"]!).StartsWith("Please tell me the ", StringComparison.Ordinal)))
            {
                var call = conversation.Messages[message + 2]!["tool_calls"]![0]!["function"]!;
                var key = Assert.Single(call["arguments"]!.AsObject(), a => NameStyle.Spoken(a.Key) == expect.Contains[0]).Key;
                var required = conversation.Tools!.Single(t => Name(t) == (string)call["name"]!)!["function"]!["parameters"]!["required"]!.AsArray();
                Assert.Contains(key, required.Select(r => (string)r!));
                asked++;
            }
        Assert.True(asked > 100, $"only {asked} questions");
    }

    [Fact]
    public void Names_and_schemas_of_expected_tools_are_in_no_training_conversation()
    {
        var taught = _training.Value.SelectMany(c => c.Tools!).ToArray();
        var names = taught.Select(Name).ToHashSet();
        var schemas = taught.Select(Keys).ToHashSet();
        Assert.True(names.Count > 10000, $"only {names.Count} names");
        Assert.Contains("get_weather", names);
        var expected = Calls(_heldOut.Value).Select(c => (c.Conversation, Tool: c.Conversation.Tools!.Single(t => Name(t) == (string)c.Call["name"]!))).ToArray();
        Assert.True(expected.Select(e => Name(e.Tool)).Distinct().Count() > 500);
        Assert.DoesNotContain(_heldOut.Value.SelectMany(c => c.Tools!).Select(Name), names.Contains);
        // No parameters are no schema: such tools are new by their names alone.
        Assert.DoesNotContain(expected.Select(e => Keys(e.Tool)), k => k.Length > 0 && schemas.Contains(k));
    }

    [Fact]
    public void What_the_model_is_taught_to_write_parses_to_the_expected_calls()
    {
        var encoder = new ChatEncoder(TestTemplate.Template);
        foreach (var conversation in _heldOut.Value.Where((_, i) => i % 3 == 0))
        {
            var written = encoder.Samples(conversation).SelectMany(s => s).Where(c => c.Learned).Select(c => c.Text.Value).ToArray();
            int[] turns = [.. Enumerable.Range(0, conversation.Messages.Count).Where(i => Role(conversation.Messages[i]) == "assistant")];
            foreach (var (message, expect) in conversation.Judged)
            {
                var parser = new MessageParser(conversation.Tools, conversation.Thinking);
                parser.Append(written[Array.IndexOf(turns, message)].Replace("<|im_end|>\n", ""));
                parser.Complete();
                foreach (string text in expect.Contains) Assert.Contains(text, parser.Message.Content);
                if (expect.Function is null) Assert.Empty(parser.Message.ToolCalls);
                else
                {
                    var call = Assert.Single(parser.Message.ToolCalls);
                    Assert.Equal(expect.Function, call.Name);
                    Assert.True(JsonNode.DeepEquals(expect.Arguments, call.Arguments), $"{expect.Arguments} came back as {call.Arguments}");
                }
            }
        }
    }

    private static IEnumerable<(Conversation Conversation, int Index, JsonNode Call)> Calls(IEnumerable<Conversation> conversations) =>
        from conversation in conversations
        from index in Enumerable.Range(0, conversation.Messages.Count)
        where conversation.Messages[index]!["tool_calls"] is not null
        select (conversation, index, Assert.Single(conversation.Messages[index]!["tool_calls"]!.AsArray())!["function"]!);

    private static bool IsA(string type, JsonNode value) => (type, value.GetValueKind()) switch
    {
        ("string", JsonValueKind.String) or ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => long.TryParse(value.ToJsonString(), out _),
        ("number", JsonValueKind.Number) => true,
        ("array", JsonValueKind.Array) => value.AsArray().All(v => v!.GetValueKind() == JsonValueKind.String),
        _ => false,
    };

    private static string Role(JsonNode? message) => (string)message!["role"]!;

    private static string Name(JsonNode? tool) => (string)tool!["function"]!["name"]!;

    private static string Keys(JsonNode? tool) => string.Join(',', tool!["function"]!["parameters"]!["properties"]!.AsObject().Select(p => p.Key));

    // Words without articles, each between spaces.
    private static string Plain(string text) => $" {string.Join(' ', Word().Matches(text.ToLowerInvariant()).Select(m => m.Value).Where(w => w is not ("the" or "a" or "an")))} ";

    [GeneratedRegex(@"\d (\+|plus) \d")]
    private static partial Regex Sum();

    [GeneratedRegex("[a-z0-9]+")]
    private static partial Regex Word();
}
