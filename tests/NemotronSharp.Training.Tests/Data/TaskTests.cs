using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NemotronSharp.Text;
using NemotronSharp.Training.Data;
using NemotronSharp.Training.Data.Tasks;

namespace NemotronSharp.Training.Tests.Data;

public partial class TaskTests
{
    [Fact]
    public void The_learned_text_parses_back_to_the_message_it_was_made_from()
    {
        var encoder = new ChatEncoder(TestTemplate.Template);
        foreach (var conversation in TaskCatalog.Names.SelectMany(task => Conversations(task, heldOut: true).Take(120)))
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
        foreach (var conversation in TaskCatalog.Names.SelectMany(task => Conversations(task, heldOut: true).Take(120)).Where(c => c.Judged.Count > 0))
        {
            string prompt = encoder.Prompt(conversation).Value;
            Assert.EndsWith(conversation.Thinking ? "<|im_start|>assistant\n<think>\n" : "<|im_start|>assistant\n<think></think>", prompt);
            Assert.Contains(encoder.Samples(conversation), s => string.Concat(s.Select(c => c.Text.Value)).StartsWith(prompt, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_template_renders_every_conversation_like_the_reference_and_trusts_the_same_characters()
    {
        foreach (var conversation in TaskCatalog.Names.SelectMany(task => Conversations(task, heldOut: false).Take(60)))
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
        foreach (var conversation in TaskCatalog.Names.SelectMany(task => Conversations(task, heldOut: true).Take(200)).Where(c => c.Judged.Count > 0))
        {
            foreach (var (index, expect) in conversation.Judged)
            {
                var answer = conversation.Messages[index]!;
                foreach (string text in expect.Contains) Assert.Contains(text, (string)answer["content"]!);
                Assert.Equal(expect.Function, (string?)answer["tool_calls"]?[0]!["function"]!["name"]);
                if (expect.Json is not null) Assert.True(JsonNode.DeepEquals(expect.Json, JsonNode.Parse((string)answer["content"]!)));
            }
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_conversations_and_another_seed_others()
    {
        string Text(string task, ulong seed, string stream) => string.Join('\n', TaskCatalog.Generate(task, stream, seed, false, 50, 1024).Take(40).Select(c => c.Messages.ToJsonString() + c.Tools?.ToJsonString()));
        foreach (string task in TaskCatalog.Names)
        {
            Assert.Equal(Text(task, 1, "a"), Text(task, 1, "a"));
            Assert.NotEqual(Text(task, 1, "a"), Text(task, 2, "a"));
            Assert.NotEqual(Text(task, 1, "a"), Text(task, 1, "b"));
        }
    }

    private static IEnumerable<Conversation> Conversations(string task, bool heldOut) => TaskCatalog.Generate(task, "test", 7, heldOut, 50, 1024);

    private static string Role(JsonNode? message) => (string)message!["role"]!;

    [GeneratedRegex(@"<\|im_(start|end)\|>|</?think>|</?tool_call>|</?tool_response>")]
    private static partial Regex ControlToken();
}
