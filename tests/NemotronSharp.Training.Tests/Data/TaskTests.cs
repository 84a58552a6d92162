using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NemotronSharp.Text;
using NemotronSharp.Training.Data;
using NemotronSharp.Training.Data.Tasks;

namespace NemotronSharp.Training.Tests.Data;

public partial class TaskTests
{
    private const int Many = 4000;

    [Fact]
    public void Every_equation_in_reasoning_and_answers_holds()
    {
        int checkedEquations = 0;
        foreach (var message in Conversations("sums", heldOut: false).SelectMany(c => c.Messages).Where(m => Role(m) == "assistant"))
            foreach (Match equation in Equation().Matches($"{message!["reasoning_content"]} | {message["content"]}"))
            {
                Assert.Equal(int.Parse(equation.Groups["result"].Value), Compute(equation.Groups["left"].Value));
                checkedEquations++;
            }
        Assert.True(checkedEquations > 2 * Many, $"only {checkedEquations} equations found");
    }

    [Fact]
    public void A_plain_question_gets_the_answer_to_its_own_operands()
    {
        int checkedQuestions = 0;
        foreach (var conversation in Conversations("sums", heldOut: false))
        {
            var question = conversation.Messages.First(m => Role(m) == "user")!["content"]!.GetValue<string>();
            var match = Question().Match(question);
            if (!match.Success) continue;
            string sign = match.Groups["sign"].Value is "x" or "×" ? "*" : match.Groups["sign"].Value;
            int result = Compute($"{match.Groups["a"]} {sign} {match.Groups["b"]}");
            Assert.Equal($"{match.Groups["a"]} {sign} {match.Groups["b"]} = {result}.", conversation.Messages.First(m => Role(m) == "assistant")!["content"]!.GetValue<string>());
            checkedQuestions++;
        }
        Assert.True(checkedQuestions > Many / 3, $"only {checkedQuestions} questions found");
    }

    [Theory]
    [InlineData('+', 7, 5, "7 + 5 = 12.")]
    [InlineData('+', 47, 38, "47 + 38: 7 + 8 = 15, write 5 carry 1. 4 + 3 + 1 = 8. So 85.")]
    [InlineData('+', 5, 47, "5 + 47: 5 + 7 = 12, write 2 carry 1. 0 + 4 + 1 = 5. So 52.")]
    [InlineData('+', 95, 95, "95 + 95: 5 + 5 = 10, write 0 carry 1. 9 + 9 + 1 = 19. So 190.")]
    [InlineData('-', 52, 38, "52 - 38: 2 - 8 needs a borrow: 12 - 8 = 4, write 4 borrow 1. 5 - 3 - 1 = 1. So 14.")]
    [InlineData('-', 302, 158, "302 - 158: 2 - 8 needs a borrow: 12 - 8 = 4, write 4 borrow 1. 0 - 5 - 1 needs a borrow: 10 - 5 - 1 = 4, write 4 borrow 1. 3 - 1 - 1 = 1. So 144.")]
    [InlineData('-', 3, 8, "3 is less than 8. 8 - 3 = 5. So -5.")]
    [InlineData('*', 6, 7, "6 * 7 = 42.")]
    public void Steps_are_those_of_school(char operation, int a, int b, string steps) => Assert.Equal(steps, Arithmetic.Steps(operation, a, b));

    [Fact]
    public void Steps_of_every_sum_end_in_its_result()
    {
        for (int a = 0; a < 140; a++)
            for (int b = 0; b < 140; b++)
                foreach (char operation in "+-")
                    Assert.EndsWith($" {Compute($"{a} {operation} {b}")}.", Arithmetic.Steps(operation, a, b));
    }

    [Fact]
    public void A_call_names_an_offered_tool_fills_what_is_required_and_copies_the_request()
    {
        int calls = 0;
        foreach (var conversation in Conversations("tools", heldOut: false))
            for (int i = 1; i < conversation.Messages.Count; i++)
            {
                if (conversation.Messages[i]!["tool_calls"] is not JsonArray made) continue;
                var call = Assert.Single(made)!["function"]!;
                var tool = Assert.Single(conversation.Tools!, t => (string)t!["function"]!["name"]! == (string)call["name"]!)!["function"]!;
                var properties = tool["parameters"]!["properties"]!.AsObject();
                string request = conversation.Messages[i - 1]!["content"]!.GetValue<string>();
                foreach (var (key, value) in call["arguments"]!.AsObject())
                {
                    Assert.Contains(key, properties);
                    Assert.Contains(value!.ToString(), request);
                }
                foreach (var required in tool["parameters"]!["required"]?.AsArray() ?? []) Assert.Contains((string)required!, call["arguments"]!.AsObject());
                calls++;
            }
        Assert.True(calls > Many / 2, $"only {calls} calls made");
    }

    [Fact]
    public void The_learned_text_parses_back_to_the_message_it_was_made_from()
    {
        var encoder = new ChatEncoder(TestTemplate.Template);
        foreach (var conversation in TaskCatalog.Names.SelectMany(task => Conversations(task, heldOut: true).Take(300)))
        {
            var turns = conversation.Messages.Where(m => Role(m) == "assistant").ToArray();
            var learned = encoder.Samples(conversation).SelectMany(s => s).Where(c => c.Learned).Select(c => c.Text.Value).ToArray();
            Assert.Equal(turns.Length, learned.Length);
            foreach (var (turn, text) in turns.Zip(learned))
            {
                Assert.EndsWith("<|im_end|>\n", text);
                var parser = new MessageParser(conversation.Tools, conversation.Thinking);
                parser.Append(text[..^"<|im_end|>\n".Length]);
                parser.Complete();
                Assert.Equal((string?)turn!["reasoning_content"] ?? "", parser.Message.Reasoning ?? "");
                Assert.Equal((string)turn["content"]!, parser.Message.Content ?? "");
                var call = turn["tool_calls"]?[0]!["function"];
                Assert.Equal((string?)call?["name"], parser.Message.ToolCalls.SingleOrDefault()?.Name);
                if (call is not null) Assert.True(JsonNode.DeepEquals(call["arguments"], parser.Message.ToolCalls[0].Arguments), $"{call} came back as {parser.Message.ToolCalls[0]}");
            }
        }
    }

    [Fact]
    public void A_prompt_as_at_inference_begins_the_sample_it_was_made_for()
    {
        var encoder = new ChatEncoder(TestTemplate.Template);
        foreach (var conversation in TaskCatalog.Names.SelectMany(task => Conversations(task, heldOut: true).Take(300)).Where(c => c.Judged.Count > 0))
        {
            string prompt = encoder.Prompt(conversation).Value;
            Assert.EndsWith(conversation.Thinking ? "<|im_start|>assistant\n<think>\n" : "<|im_start|>assistant\n<think></think>", prompt);
            Assert.Contains(encoder.Samples(conversation), s => string.Concat(s.Select(c => c.Text.Value)).StartsWith(prompt, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_template_renders_every_conversation_like_the_reference_and_trusts_the_same_characters()
    {
        foreach (var conversation in TaskCatalog.Names.SelectMany(task => Conversations(task, heldOut: false).Take(150)))
            for (int count = 1; count <= conversation.Messages.Count; count++)
            {
                var messages = conversation.Messages.Take(count).Select(m => m!).ToArray();
                var expected = ReferenceRenderer.Render(messages, conversation.Tools, count % 2 == 0, conversation.Thinking);
                var actual = TestTemplate.Render(messages, conversation.Tools, count % 2 == 0, conversation.Thinking);
                Assert.Equal(expected.Value, actual.Value);
                foreach (Match tag in ControlToken().Matches(expected.Value)) Assert.True(actual.IsTrusted(tag.Index, tag.Length), $"{tag.Value} at {tag.Index}");
            }
    }

    [Fact]
    public void Every_answer_shows_what_its_case_expects()
    {
        foreach (var conversation in TaskCatalog.Names.SelectMany(task => Conversations(task, heldOut: true).Take(500)).Where(c => c.Judged.Count > 0))
        {
            var answer = conversation.Messages[conversation.PromptMessages]!;
            foreach (string text in conversation.Judged[0].Expect.Contains) Assert.Contains(text, (string)answer["content"]!);
            Assert.Equal(conversation.Judged[0].Expect.Function, (string?)answer["tool_calls"]?[0]!["function"]!["name"]);
        }
    }

    [Fact]
    public void Held_out_functions_people_and_operands_are_not_in_training()
    {
        var (training, heldOut) = (Conversations("tools", false).SelectMany(FunctionNames).ToHashSet(), Conversations("tools", true).SelectMany(FunctionNames).ToHashSet());
        Assert.True(heldOut.Count > 50);
        Assert.Empty(training.Intersect(heldOut));
        Assert.Contains("get_weather", training);

        var (taught, asked) = (Conversations("sums", false).SelectMany(OperandPairs).ToHashSet(), Conversations("sums", true).Where(c => c.Messages.Count(m => Role(m) == "user") == 1).SelectMany(OperandPairs).ToHashSet());
        Assert.True(asked.Count > 100);
        Assert.Empty(taught.Intersect(asked));
    }

    [Fact]
    public void The_same_seed_gives_the_same_conversations_and_another_seed_others()
    {
        string Text(ulong seed, string stream) => string.Join('\n', TaskCatalog.Generate("tools", stream, seed, false, 50).Take(200).Select(c => c.Messages.ToJsonString() + c.Tools!.ToJsonString()));
        Assert.Equal(Text(1, "a"), Text(1, "a"));
        Assert.NotEqual(Text(1, "a"), Text(2, "a"));
        Assert.NotEqual(Text(1, "a"), Text(1, "b"));
    }

    private static IEnumerable<Conversation> Conversations(string task, bool heldOut) => TaskCatalog.Generate(task, "test", 7, heldOut, 50).Take(Many);

    private static string Role(JsonNode? message) => (string)message!["role"]!;

    private static IEnumerable<string> FunctionNames(Conversation conversation) => conversation.Tools!.Select(t => (string)t!["function"]!["name"]!);

    // Two-operand additions and subtractions that a user message spells out, with an operand of two digits or more.
    private static IEnumerable<string> OperandPairs(Conversation conversation) =>
        from message in conversation.Messages.Where(m => Role(m) == "user").Take(1)
        let match = Question().Match((string)message!["content"]!)
        where match.Success && match.Groups["sign"].Value is "+" or "-"
        let a = int.Parse(match.Groups["a"].Value)
        let b = int.Parse(match.Groups["b"].Value)
        where a >= 10 || b >= 10
        select $"{match.Groups["sign"].Value} {Math.Min(a, b)} {Math.Max(a, b)}";

    // Left to right, by other means than the code under test.
    private static int Compute(string expression)
    {
        var parts = expression.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int value = int.Parse(parts[0], CultureInfo.InvariantCulture);
        for (int i = 1; i < parts.Length; i += 2)
        {
            int operand = int.Parse(parts[i + 1], CultureInfo.InvariantCulture);
            value = parts[i] switch { "+" => value + operand, "-" => value - operand, "*" => value * operand, var sign => throw new FormatException(sign) };
        }
        return value;
    }

    [GeneratedRegex(@"<\|im_(start|end)\|>|</?think>|</?tool_call>|</?tool_response>")]
    private static partial Regex ControlToken();

    [GeneratedRegex(@"(?<left>\d+(?: [-+*] \d+)+) = (?<result>-?\d+)")]
    private static partial Regex Equation();

    [GeneratedRegex(@"(?<![\d+] ?)(?<a>\d+) ?(?<sign>[-+*x×]) ?(?<b>\d+)(?! ?[+\d])")]
    private static partial Regex Question();
}
