using NemotronSharp.Training.Data;
using NemotronSharp.Training.Data.ConversationSources;
using NemotronSharp.Training.Data.Tasks;

namespace NemotronSharp.Training.Tests.Data;

public class QuestionSourceTests
{
    private static readonly TaskContext _thinking = new(new SeededRandom(1), new Split(false), 100);

    [Fact]
    public void A_worked_solution_becomes_reasoning_without_calculator_marks_and_its_number_the_answer()
    {
        var conversation = Assert.Single(Gsm8k.Read(new StringReader("""{"question": " How many? ", "answer": "He has 2*600 = <<2*600=1200>>1,200.\nSo 1,200.\n#### 1,200"}"""), "train.jsonl", _thinking));
        Assert.Equal("How many?", (string)conversation.Messages[0]!["content"]!);
        Assert.Equal("He has 2*600 = 1,200.\nSo 1,200.", (string)conversation.Messages[1]!["reasoning_content"]!);
        Assert.Equal("The answer is 1200.", (string)conversation.Messages[1]!["content"]!);
        Assert.Empty(conversation.Judged);
    }

    [Fact]
    public void A_question_with_choices_is_answered_by_the_right_one()
    {
        var conversation = Assert.Single(CommonsenseQa.Read(new StringReader(
            """{"answerKey": "B", "question": {"stem": "Where?", "choices": [{"label": "A", "text": "here"}, {"label": "B", "text": "there"}]}}"""), "train.jsonl", _thinking));
        Assert.EndsWith("Where?\nA: here\nB: there", (string)conversation.Messages[^2]!["content"]!);
        Assert.Equal("B: there", (string)conversation.Messages[^1]!["content"]!);
        Assert.False(conversation.Thinking);
    }

    [Theory]
    [InlineData("""{"question": "How many?", "answer": "No number."}""", "train.jsonl, line 2: field 'answer': found \"No number.\", expected a solution")]
    [InlineData("""{"question": 7, "answer": "7\n#### 7"}""", "train.jsonl, line 2: field 'question': found 7, expected a string")]
    [InlineData("""[1]""", "train.jsonl, line 2: found no JSON object")]
    [InlineData("""{"question""", "train.jsonl, line 2: not JSON")]
    public void A_wrong_line_is_named(string line, string message)
    {
        var reader = new StringReader("""{"question": "How many?", "answer": "7\n#### 7"}""" + "\n" + line);
        Assert.StartsWith(message, Assert.Throws<InvalidDataException>(() => Gsm8k.Read(reader, "train.jsonl", _thinking).Count()).Message);
    }

    [Theory]
    [InlineData("""{"answerKey": "C", "question": {"stem": "Where?", "choices": [{"label": "A", "text": "here"}]}}""", "field 'answerKey': found \"C\", expected one of A")]
    [InlineData("""{"answerKey": "A", "question": {"stem": "Where?", "choices": ["here"]}}""", "field 'question.choices'")]
    [InlineData("""{"answerKey": "A", "question": {"choices": [{"label": "A", "text": "here"}]}}""", "field 'question.stem': found nothing")]
    public void A_wrong_question_with_choices_is_named(string line, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => CommonsenseQa.Read(new StringReader(line), "train.jsonl", _thinking).Count()).Message);
}
