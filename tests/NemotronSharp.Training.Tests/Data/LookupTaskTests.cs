using System.Text.Json.Nodes;
using NemotronSharp.Training.Data;
using NemotronSharp.Training.Data.Tasks;

namespace NemotronSharp.Training.Tests.Data;

public class LookupTaskTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Only_one_sentence_of_the_text_answers_each_question(bool heldOut)
    {
        foreach (var conversation in Conversations(heldOut, 1024, 200))
        {
            string text = (string)conversation.Messages.First(m => (string)m!["role"]! == "user")!["content"]!;
            foreach (var (index, expect) in conversation.Judged)
            {
                string[] answers = ((string)conversation.Messages[index]!["content"]!).Split('\n');
                Assert.Equal(answers.Length, expect.Contains.Count);
                foreach (var (answer, shown) in answers.Zip(expect.Contains))
                {
                    Assert.Equal(1, Count(text, answer));
                    Assert.Equal(1, Count(text, answer[..answer.LastIndexOf(shown, StringComparison.Ordinal)])); // nothing else is said of the same key
                }
            }
        }
    }

    [Fact]
    public void A_case_names_the_place_of_its_text_and_the_text_can_be_made_again()
    {
        var places = new HashSet<int>();
        foreach (var conversation in Conversations(heldOut: true, 4096, 50))
        {
            string prompt = (string)conversation.Messages[conversation.PromptMessages - 1]!["content"]!;
            var json = JsonNode.Parse(HeldOutCases.ToJson(conversation, "x").ToJsonString())!;
            string message = (string)json["messages"]!.AsArray()[^1]!["content"]!;
            Assert.Contains("{document}", message);
            Assert.DoesNotContain(NumberedLines.Mark, message);
            Assert.Single(json["steps"]!.AsArray());

            var document = json["document"]!;
            string slice = NumberedLines.Text((int)document["line"]!).Substring((int)document["start"]!, (int)document["length"]!);
            foreach (var insert in document["insert"]!.AsArray().Reverse()) slice = slice.Insert((int)insert![0]!, (string)insert[1]!);
            Assert.Equal(prompt, message.Replace("{document}", slice));
            Assert.InRange(document["insert"]!.AsArray().Count, 1, 12);
            foreach (var insert in document["insert"]!.AsArray()) places.Add(4 * (int)insert![0]! / (int)document["length"]!);
        }
        Assert.Superset(new HashSet<int> { 0, 1, 2, 3 }, places); // facts stand everywhere in the text
    }

    [Theory]
    [InlineData("lookup-4k", 4096)]
    [InlineData("lookup-16k", 16384)]
    public void A_skill_has_its_own_length(string task, int tokens)
    {
        foreach (var conversation in TaskCatalog.Generate(task, "test", 7, true, 50, 0, new NumberedLines()).Take(10))
        {
            Assert.Equal(task, conversation.Task);
            Assert.InRange(((string)conversation.Messages[conversation.PromptMessages - 1]!["content"]!).Length / 3.0, 0.8 * tokens, tokens);
        }
    }

    [Fact]
    public void Training_asks_many_questions_of_one_text()
    {
        foreach (var conversation in TaskCatalog.Generate("lookup-4k", "test", 7, false, 0, 4096, new NumberedLines()).Take(30))
            Assert.InRange(conversation.Judged.Count, 13, 40);
    }

    private static IEnumerable<Conversation> Conversations(bool heldOut, int length, int count) =>
        TaskCatalog.Generate("lookup-4k", "test", 7, heldOut, 50, length, new NumberedLines()).Take(count);

    private static int Count(string text, string part) => (text.Length - text.Replace(part, "").Length) / part.Length;

    /// <summary>A corpus of three documents whose sentences all carry a mark.</summary>
    private sealed class NumberedLines : IPassages
    {
        public const string Mark = "sentence of the book";

        public static string Text(int line) => string.Concat(Enumerable.Range(0, 3000).Select(i => $"This is {Mark}, number {line}-{i}.{(i % 5 == 0 ? "\r\n\r\n" : " ")}"));

        public Passage Draw(SeededRandom random, Split split, int characters)
        {
            int line = random.Next(3);
            string text = Text(line);
            int start = random.Next(text.Length - characters);
            return new Passage("book.jsonl", line, start, text.Substring(start, characters));
        }
    }
}
