using System.Text.RegularExpressions;
using NemotronSharp.Training.Data;

namespace NemotronSharp.Training.Tests.Data;

public partial class CopyTaskTests
{
    private const int Many = 3000;

    [Theory]
    [InlineData("copy", true)]
    [InlineData("copy", false)]
    [InlineData("paragraph", true)]
    [InlineData("paragraph", false)]
    [InlineData("lookup-4k", true)]
    [InlineData("lookup-4k", false)]
    public void What_an_answer_must_say_stands_in_the_prompt(string task, bool heldOut)
    {
        int judged = 0;
        foreach (var conversation in TaskCatalog.Generate(task, "test", 7, heldOut, 50, 1024).Take(Many / 3))
            foreach (var (index, expect) in conversation.Judged)
                foreach (string shown in expect.Contains)
                {
                    if (shown == "does not say") continue;
                    string value = Wrapping().Replace(shown, "").Trim(' ', '.');
                    string prompt = string.Join('\n', conversation.Messages.Take(index).Select(m => (string)m!["content"]!));
                    Assert.True(prompt.Contains(value, StringComparison.OrdinalIgnoreCase), $"'{value}' is not in: {prompt}");
                    judged++;
                }
        Assert.True(judged > Many / 4, $"only {judged} answers judged");
    }

    [Fact]
    public void A_position_in_a_list_is_answered_by_the_item_that_stands_there()
    {
        int lists = 0;
        foreach (var conversation in TaskCatalog.Generate("copy", "test", 7, true, 50).Take(Many))
        {
            string[] lines = ((string)conversation.Messages[conversation.PromptMessages - 1]!["content"]!).Split('\n');
            string answer = (string)conversation.Messages[^1]!["content"]!;
            var question = Position().Match(lines[^1].EndsWith('?') || lines[^1].EndsWith('.') ? lines[^1] : lines[0]);
            if (!question.Success || !(answer.StartsWith("The ", StringComparison.Ordinal) && answer.Contains(" item is ") || answer.StartsWith("After ", StringComparison.Ordinal))) continue;
            string[] rest = [.. lines.Where(l => l != question.Value)], items = rest.Length == 1 ? rest[0].Split(", ") : rest;
            string expected = question.Groups["after"].Success
                ? $"After {question.Groups["after"]} comes {items[Array.IndexOf(items, question.Groups["after"].Value) + 1]}."
                : question.Groups["end"].Value == "first" ? $"The first item is {items[0]}." : $"The last item is {items[^1]}.";
            Assert.Equal(expected, answer);
            lists++;
        }
        Assert.True(lists > Many / 10, $"only {lists} lists found");
    }

    [GeneratedRegex(@"^comes | said it\.$|^item is ")]
    private static partial Regex Wrapping();

    [GeneratedRegex(@"^.*?(?:after (?<after>.+?)[?.]|(?<end>first|last).*)$")]
    private static partial Regex Position();
}
