using System.Globalization;
using System.Text.RegularExpressions;
using NemotronSharp.Training.Data;
using NemotronSharp.Training.Data.Tasks;

namespace NemotronSharp.Training.Tests.Data;

public partial class ArithmeticTaskTests
{
    private const int Many = 3000;

    [Theory]
    [InlineData("sum")]
    [InlineData("product")]
    [InlineData("word-problem")]
    public void Every_equation_in_reasoning_and_answers_holds(string task)
    {
        int equations = 0;
        foreach (var message in Conversations(task, heldOut: false).SelectMany(c => c.Messages).Where(m => (string)m!["role"]! == "assistant"))
            foreach (Match equation in Equation().Matches($"{message!["reasoning_content"]} | {message["content"]}"))
            {
                Assert.Equal(int.Parse(equation.Groups["result"].Value), Compute(equation.Groups["left"].Value));
                equations++;
            }
        Assert.True(equations > Many, $"only {equations} equations found");
    }

    [Theory]
    [InlineData("sum", true)]
    [InlineData("sum", false)]
    [InlineData("product", true)]
    [InlineData("product", false)]
    public void A_plain_question_gets_the_answer_to_its_own_operands(string task, bool heldOut)
    {
        int questions = 0;
        foreach (var conversation in Conversations(task, heldOut))
        {
            var match = Question().Match(First(conversation, "user"));
            if (!match.Success) continue;
            string sign = match.Groups["sign"].Value is "x" or "×" ? "*" : match.Groups["sign"].Value;
            int result = Compute($"{match.Groups["a"]} {sign} {match.Groups["b"]}");
            Assert.Equal($"{match.Groups["a"]} {sign} {match.Groups["b"]} = {result}.", First(conversation, "assistant"));
            questions++;
        }
        Assert.True(questions > Many / 3, $"only {questions} questions found");
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
    [InlineData('*', 7, 34, "34 * 7: 4 * 7 = 28, write 8 carry 2. 3 * 7 = 21, 21 + 2 = 23. So 238.")]
    [InlineData('*', 20, 4, "20 * 4: 0 * 4 = 0, write 0. 2 * 4 = 8. So 80.")]
    public void Steps_are_those_of_school(char operation, int a, int b, string steps) => Assert.Equal(steps, Arithmetic.Steps(operation, a, b));

    [Fact]
    public void Steps_of_every_sum_and_product_end_in_its_result()
    {
        for (int a = 0; a < 140; a++)
            for (int b = 0; b < 140; b++)
                foreach (char operation in b < 10 && a < 100 ? "+-*" : "+-")
                    Assert.EndsWith($" {Compute($"{a} {operation} {b}")}.", Arithmetic.Steps(operation, a, b));
    }

    [Fact]
    public void Held_out_sums_have_one_to_three_digits_and_negative_results()
    {
        var answers = Conversations("sum", heldOut: true).Select(c => First(c, "assistant")).ToArray();
        foreach (int digits in new[] { 1, 2, 3 }) Assert.InRange(answers.Count(a => a.Split(' ')[0].Length == digits) / (double)Many, 0.01, 0.75);
        Assert.InRange(answers.Count(a => a.Contains("= -", StringComparison.Ordinal)) / (double)Many, 0.03, 0.2);
    }

    // What each story asks, read by a person: x, y, z are its numbers in the order of the text.
    private static readonly Func<int, int, int, int>[] _solutions =
    [
        (x, y, z) => x + y - z, (x, y, z) => x * y + z, (x, y, z) => x - y - z, (x, y, _) => x + x + y, (x, y, z) => x * y - z, (x, y, z) => x * y - z,
        (x, y, z) => x + y + z, (x, y, z) => x - y + z, (x, y, _) => x + x - y, (x, y, z) => (x + y) * z, (x, y, z) => x - y + z, (x, y, z) => x + y - z,
        (x, y, z) => x + y + z, (x, y, z) => x - y + z, (x, y, z) => x * y + z, (x, y, z) => x - y - z, (x, y, z) => x * y + z, (x, y, z) => x - y - z,
        (x, y, z) => x - y - z, (x, y, _) => x + x * y, (x, y, z) => x * y - z, (x, y, z) => x + y + z, (x, y, z) => (x + y) * z, (x, y, z) => x * y - z,
        (x, y, z) => x + y + z, (x, y, z) => x - y - z, (x, y, z) => x * y + z, (x, y, z) => x + y - z, (x, y, z) => x - y + z, (x, y, z) => z - x * y,
        (x, y, z) => x + y + z, (x, y, z) => x - y - z, (x, y, z) => x * y - z, (x, y, z) => x + y + z, (x, y, z) => x * y + z, (x, y, z) => x + y - z,
        (x, y, z) => x + y - z, (x, y, z) => x * y + z, (x, y, _) => x + x + y, (x, y, z) => x * y - z, (x, y, z) => x + y - z, (x, y, z) => x + y - z,
        (x, y, _) => x + y, (x, y, _) => x - y, (x, y, _) => x * y, (x, y, _) => x + y, (x, y, _) => x - y, (x, y, z) => x + y - z,
        (x, y, z) => x - y * z, (x, y, z) => x - y * z,
    ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Word_problems_are_solved_as_their_text_asks(bool heldOut)
    {
        var forms = WordProblems.All.Select(p => Blank().Replace(Regex.Escape(p.Text), ".+?")).Select(f => new Regex($"^{f}$")).ToArray();
        Assert.Equal(_solutions.Length, forms.Length);
        var seen = new HashSet<int>();
        int evaluationOnly = 0;
        foreach (var conversation in Conversations("word-problem", heldOut))
        {
            string text = First(conversation, "user");
            int form = Array.FindIndex(forms, f => f.IsMatch(text));
            if (form < 0) continue; // put together, see below
            int[] numbers = [.. Number().Matches(text).Select(m => int.Parse(m.Value)), 0];
            Assert.Equal($"The answer is {_solutions[form](numbers[0], numbers[1], numbers[2])}.", First(conversation, "assistant"));
            seen.Add(form);
            if (form % 6 == 5) evaluationOnly++;
        }
        Assert.InRange(seen.Count, heldOut ? 40 : 35, forms.Length);
        if (heldOut) Assert.InRange(evaluationOnly / (double)Many, 0.45, 0.55);
        else Assert.Equal(0, evaluationOnly);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Composed_word_problems_add_what_is_gained_and_take_away_what_is_lost(bool heldOut)
    {
        int composed = 0;
        var forms = WordProblems.All.Select(p => Blank().Replace(Regex.Escape(p.Text), ".+?")).Select(f => new Regex($"^{f}$")).ToArray();
        foreach (var conversation in Conversations("word-problem", heldOut))
        {
            string text = First(conversation, "user");
            if (forms.Any(f => f.IsMatch(text))) continue;
            string[] sentences = text.Split(". ");
            int value = Number().Matches(sentences[0]).Select(m => int.Parse(m.Value)).Aggregate((a, b) => a * b);
            foreach (string sentence in sentences[1..^1]) value += (Gain().IsMatch(sentence) ? 1 : -1) * int.Parse(Number().Match(sentence).Value);
            Assert.Equal($"The answer is {value}.", First(conversation, "assistant"));
            composed++;
        }
        Assert.InRange(composed / (double)Many, heldOut ? 0.15 : 0.35, 0.5);
    }

    private static IEnumerable<Conversation> Conversations(string task, bool heldOut) => TaskCatalog.Generate(task, "test", 7, heldOut, 50).Take(Many);

    private static string First(Conversation conversation, string role) => (string)conversation.Messages.First(m => (string)m!["role"]! == role)!["content"]!;

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

    [GeneratedRegex(@"(?<left>\d+(?: [-+*] \d+)+) = (?<result>-?\d+)")]
    private static partial Regex Equation();

    [GeneratedRegex(@"(?<![\d+] ?)(?<a>\d+) ?(?<sign>[-+*x×]) ?(?<b>\d+)(?! ?[+\d])")]
    private static partial Regex Question();

    [GeneratedRegex(@"\\\{\w\}")]
    private static partial Regex Blank();

    [GeneratedRegex(@"more|wins|receives|new ones|adds|(takes|borrows) \d+ from|leaves \d+ for|present")]
    private static partial Regex Gain();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
