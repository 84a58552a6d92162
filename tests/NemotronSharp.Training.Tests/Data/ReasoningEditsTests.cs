using NemotronSharp.Training.Data;

namespace NemotronSharp.Training.Tests.Data;

public class ReasoningEditsTests
{
    private static readonly ChatEncoder _encoder = new(TestTemplate.Template);

    [Fact]
    public void Without_its_reasoning_a_conversation_is_the_one_with_thinking_off()
    {
        var plain = Make(thinking: false);
        var stripped = ReasoningEdits.Strip(Make(thinking: true));
        Assert.Equal(Texts(_encoder.Samples(plain)), Texts(_encoder.Samples(stripped)));
    }

    [Fact]
    public void A_cut_trace_is_a_beginning_of_the_whole_and_the_answer_stays()
    {
        var whole = Make(thinking: true);
        var random = new SeededRandom(2);
        var lengths = new HashSet<int>();
        for (int i = 0; i < 50; i++)
        {
            var cut = ReasoningEdits.Truncate(whole, random);
            for (int m = 0; m < whole.Messages.Count; m++)
            {
                Assert.Equal((string)whole.Messages[m]!["content"]!, (string)cut.Messages[m]!["content"]!);
                Assert.Equal(whole.Messages[m]!["tool_calls"]?.ToJsonString(), cut.Messages[m]!["tool_calls"]?.ToJsonString());
                if ((string?)whole.Messages[m]!["reasoning_content"] is not { } trace) continue;
                string kept = (string)cut.Messages[m]!["reasoning_content"]!;
                Assert.StartsWith(kept + " ", trace + " ");
                Assert.NotEqual("", kept);
                Assert.NotEqual(trace, kept);
                lengths.Add(kept.Length);
            }
        }
        Assert.True(lengths.Count > 5);
    }

    [Fact]
    public void The_end_of_a_cut_trace_is_context_and_all_else_is_as_before()
    {
        var learned = _encoder.Samples(Make(thinking: true)).ToArray();
        var masked = _encoder.Samples(Make(thinking: true), learnClose: false).ToArray();
        Assert.Equal(Texts(learned), Texts(masked));
        foreach (var (before, after) in learned.Zip(masked))
        {
            Assert.Equal(before.Where(c => c.Learned).Select(c => c.Text.Value.Replace("</think>", "")), Join(after));
            Assert.All(after.Where(c => c.Learned), c => Assert.DoesNotContain("</think>", c.Text.Value));
        }

        // The two learned stretches of a turn, put together again.
        static IEnumerable<string> Join(IReadOnlyList<ChatChunk> chunks) => chunks.Where(c => c.Learned).Select(c => c.Text.Value).Chunk(2).Select(pair => string.Concat(pair));
    }

    private static Conversation Make(bool thinking) => new Conversation("test", thinking)
        .User("What is the weather in Oslo?")
        .Call("The user wants the weather of Oslo, so I call get_weather.", "get_weather", new() { ["city"] = "Oslo" })
        .Tool("7 degrees")
        .Assistant("The result says 7 degrees.", "It is 7 degrees.")
        .User("Thanks, and what is 2 + 2?")
        .Assistant("2 + 2 is 4, so the answer is 4.", "2 + 2 = 4.");

    private static string[] Texts(IEnumerable<IReadOnlyList<ChatChunk>> samples) => [.. samples.Select(s => string.Concat(s.Select(c => c.Text.Value)))];
}
