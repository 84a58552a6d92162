using System.Text;
using CsCheck;
using NemotronSharp.Text;
using static NemotronSharp.Tests.Text.MessageParserHarness;

namespace NemotronSharp.Tests.Text;

/// <summary>However a stream is cut, what comes out is the same; and whatever comes in, nothing visible is lost.</summary>
public class MessageParserSplitTests
{
    // Unique words between the tags, so that each can be looked for in what came out.
    private static readonly string[] Tags =
    [
        "<think>", "</think>", "<tool_call>", "<tool_call><function=f>", "<tool_call>\n<function=g>\n", "</tool_call>", "<function=", "<function=f>", "</function>", "<parameter=", "<parameter=s>",
        "<parameter=i>", "<parameter=o>", "<parameter=x>", "</parameter>", ">", "<", "</", "\n", " ", "null", "{'a': 'W'}", "\"", "\\", "🙂",
    ];

    private static readonly Gen<string> GenOutput = Gen.Select(Gen.Int[0, Tags.Length + 12], Gen.Int[0, 2]).List[0, 24].Select(parts =>
    {
        var text = new StringBuilder();
        for (var i = 0; i < parts.Count; i++) text.Append(parts[i].Item1 < Tags.Length ? Tags[parts[i].Item1] : $"w{i}w");
        return text.ToString();
    });

    private static List<string> Cut(string text, IEnumerable<int> places)
    {
        var pieces = new List<string>();
        var from = 0;
        foreach (var place in places.Select(p => p % (text.Length + 1)).Order())
        {
            pieces.Add(text[from..place]);
            from = place;
        }
        pieces.Add(text[from..]);
        return pieces;
    }

    public static TheoryData<string> CaseNames => [.. MessageParserCases.All.Select(c => c.Name)];

    [Theory, MemberData(nameof(CaseNames))]
    public void Every_cut_in_two_gives_the_same_result(string name)
    {
        var (_, thinking, output, message) = MessageParserCases.All.Single(c => c.Name == name);
        var whole = Run([output], thinking);
        Assert.Equal(message, whole.Message);
        for (var i = 0; i <= output.Length; i++) Assert.Equal(whole, Run([output[..i], output[i..]], thinking));
        Assert.Equal(whole, Run(output.Select(c => c.ToString()), thinking));
    }

    [Fact]
    public void Random_cuts_of_well_formed_and_broken_outputs_give_the_same_result()
    {
        var genCase = Gen.Int[0, MessageParserCases.All.Length - 1].Select(i => MessageParserCases.All[i]);
        Gen.Select(genCase, genCase, Gen.Int[0, 10_000].List[0, 12]).Sample((a, b, places) =>
        {
            var output = a.Output + b.Output;
            Assert.Equal(Run([output], a.Thinking), Run(Cut(output, places), a.Thinking));
        }, iter: 3000);
    }

    [Fact]
    public void Random_tags_give_the_same_result_however_cut()
    {
        Gen.Select(GenOutput, Gen.Bool, Gen.Bool, Gen.Int[0, 10_000].List[0, 12]).Sample((output, thinking, force, places) =>
        {
            var options = new MessageParserOptions { ForceNonEmptyContent = force };
            Assert.Equal(Run([output], thinking, options), Run(Cut(output, places), thinking, options));
        }, iter: 5000);
    }

    [Fact]
    public void Random_tags_lose_no_word_and_double_none()
    {
        Gen.Select(GenOutput, Gen.Bool).Sample((output, thinking) =>
        {
            var message = Parse(output, thinking);
            var seen = message.Reasoning + " " + message.Content + " " + string.Join(" ", message.ToolCalls.Select(c => $"{c.Name} {c.Arguments.ToJsonString()}"));
            for (var i = 0; i < 24; i++)
                Assert.True(Count(output, $"w{i}w") == Count(seen, $"w{i}w"), $"w{i}w of {output} in {seen}");
        }, iter: 5000);
    }

    private static int Count(string text, string word) => text.Split(word).Length - 1;
}
