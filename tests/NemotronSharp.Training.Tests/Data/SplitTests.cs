using System.Text.RegularExpressions;
using NemotronSharp.Training.Data;
using NemotronSharp.Training.Data.Tasks;

namespace NemotronSharp.Training.Tests.Data;

/// <summary>What evaluation asks is new: 20,000 training conversations hold none of it.</summary>
public partial class SplitTests
{
    private const int PerTask = 2500;
    private static readonly string[] _tasks = ["sum", "product", "word-problem", "copy", "json", "chat", "paragraph", "lookup-4k"];
    private static readonly Lazy<List<Conversation>> _training = new(() => [.. _tasks.SelectMany(t => TaskCatalog.Generate(t, "train", 11, false, 60, 1024).Take(PerTask))]);

    [Fact]
    public void Operands_of_held_out_sums_and_products_are_in_no_training_text()
    {
        var taught = _training.Value.SelectMany(c => c.Messages).SelectMany(m => Operands($"{m!["content"]} {m["reasoning_content"]}")).ToHashSet();
        var asked = new[] { "sum", "product" }.SelectMany(t => TaskCatalog.Generate(t, "held", 11, true, 60).Take(1000)).SelectMany(c => Operands((string)c.Messages[^2]!["content"]!)).ToHashSet();
        Assert.True(asked.Count > 400, $"only {asked.Count} pairs");
        Assert.Empty(asked.Intersect(taught));
    }

    [Fact]
    public void Held_out_people_are_in_no_training_text()
    {
        string[] people = [.. Words.People.Where(new Split(true).Person)];
        Assert.InRange(people.Length, Words.People.Length / 20, Words.People.Length / 5);
        var words = _training.Value.SelectMany(c => c.Messages).SelectMany(m => Capitalised().Matches((string)m!["content"]!).Select(w => w.Value)).ToHashSet();
        Assert.Empty(people.Intersect(words));
        Assert.True(Words.People.Intersect(words).Count() > 0.8 * Words.People.Length);
    }

    [Fact]
    public void Held_out_ways_to_chat_are_in_no_training_text()
    {
        static string Normal(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant();
        var taught = _training.Value.SelectMany(c => c.Messages).Where(m => (string)m!["role"]! == "user").Select(m => Normal((string)m!["content"]!)).ToHashSet();
        var asked = TaskCatalog.Generate("chat", "held", 11, true, 60).Take(3000).Select(c => Normal((string)c.Messages.First(m => (string)m!["role"]! == "user")!["content"]!)).ToHashSet();
        Assert.True(asked.Count > 800, $"only {asked.Count} ways");
        Assert.Empty(asked.Intersect(taught));
        foreach (string common in new[] { "Hi", "Hello!", "Who are you?", "What can you do?", "Thank you!" }) Assert.Contains(Normal(common), taught);
    }

    [Fact]
    public void Half_of_the_held_out_paragraphs_ask_about_a_form_that_training_does_not_have()
    {
        string[] forms = [.. Paragraphs.Topics.SelectMany(t => t.Forms.Select((form, i) => (Form: form, Number: t.First + i))).Where(f => new Split(true).Form(f.Number)).Select(f => f.Form)];
        Assert.InRange(forms.Length, 15, 30);
        // A form's longest piece without blanks, if nothing else that is ever said has it.
        string[] said = [.. Paragraphs.Topics.SelectMany(t => t.Forms.Concat(t.Asks.SelectMany(a => a.Questions.Append(a.Answer))))];
        string[] marks = [.. forms.Select(f => f.Split('{', '}').Where((_, i) => i % 2 == 0).MaxBy(p => p.Length)!).Where(mark => said.Count(f => f.Contains(mark, StringComparison.Ordinal)) == 1)];
        Assert.True(marks.Length > 8, $"only {marks.Length} forms can be told from their words");
        int Uses(IEnumerable<Conversation> conversations) => conversations.Where(c => c.Task == "paragraph").Count(c => c.Messages.Any(m => marks.Any(((string)m!["content"]!).Contains)));
        Assert.Equal(0, Uses(_training.Value));
        Assert.True(Uses(TaskCatalog.Generate("paragraph", "held", 11, true, 60).Take(1000)) > 100);
    }

    // Pairs around a sign, in either order.
    private static IEnumerable<string> Operands(string text) =>
        from match in Pair().Matches(text)
        let a = int.Parse(match.Groups["a"].Value)
        let b = int.Parse(match.Groups["b"].Value)
        select $"{(match.Groups["sign"].Value is "x" or "×" ? "*" : match.Groups["sign"].Value)} {Math.Min(a, b)} {Math.Max(a, b)}";

    [GeneratedRegex(@"(?<![\d.-]|[-+] ?)(?<a>\d+) ?(?<sign>[-+*x×]) ?(?<b>\d+)(?![\d.])")]
    private static partial Regex Pair();

    [GeneratedRegex(@"\b[A-Z][a-z]+\b")]
    private static partial Regex Capitalised();
}
