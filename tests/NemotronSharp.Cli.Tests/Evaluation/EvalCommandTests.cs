using System.Text.Json.Nodes;
using NemotronSharp.Cli.Evaluation;
using static NemotronSharp.Cli.Tests.Evaluation.EvaluationFolder;

namespace NemotronSharp.Cli.Tests.Evaluation;

/// <summary>The table and its parts, as a user asks for them.</summary>
public sealed class EvalCommandTests : IDisposable
{
    private readonly EvaluationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private JsonNode Row(string skill, bool thinking, params string[] arguments) =>
        _folder.Json(["pico", .. arguments])["skills"]!.AsArray().Single(r => (string?)r!["skill"] == skill && (bool)r["thinking"]! == thinking)!;

    [Fact]
    public void Every_skill_has_a_row_with_its_share_and_whether_the_aim_is_reached()
    {
        _folder.WriteCases(Case("sum", true, "12."), Case("sum", true, "It is"), Case("sum", false, "13"), Case("chat", true, "hello"), Case("own-skill", true, "12"));
        var json = _folder.Json("pico");
        string[] rows = [.. json["skills"]!.AsArray().Select(r => $"{r!["skill"]} {r["thinking"]} {r["right"]}/{r["total"]} aim {r["aim"]} reached {r["reached"]}")];
        Assert.Equal(
            ["sum true 2/2 aim 0.97 reached true", "sum false 0/1 aim  reached ", "chat true 0/1 aim 0.8 reached false", "own-skill true 1/1 aim  reached "], rows);

        var table = _folder.Run("pico").Output;
        Assert.Matches(@"sum, thinking on +2 +2 +100\.0 % +34\.2 % to 100\.0 % +97 % +reached", table);
        Assert.Matches(@"sum, thinking off +0 +1 +0\.0 % +0\.0 % to 79\.3 % +reported", table);
        Assert.Matches(@"chat, thinking on +0 +1 +0\.0 % +0\.0 % to 79\.3 % +80 % +not reached", table);
    }

    [Fact]
    public void The_model_is_named_by_a_folder_or_by_its_place_in_models()
    {
        _folder.WriteCases(Case("sum", false, "12"));
        foreach (string[] model in (string[][])[["pico"], [_folder.Model], ["-m", _folder.Model], []]) Assert.Equal(1, (int)_folder.Json(model)["skills"]![0]!["right"]!);
        Nemotron.AssertFails(_folder.Run("pica"), "pica", "models/pica");
        Nemotron.AssertFails(_folder.Run("pico", "-m", _folder.Model), "MODEL", "--model");
    }

    // The template refuses a fifth message by showing all: so it is seen that the model's own answer stands before what follows it.
    [Fact]
    public void Steps_follow_the_model_s_own_messages()
    {
        const string Start = """{"id":"a","task":"multi-step","thinking":true,"messages":[{"role":"user","content":"One?"}],"steps":[""";
        const string Step = """{"expect":{"contains":["12"]},"then":[{"role":"tool","content":"Two"}]}""", Last = """{"expect":{"contains":["12"]}}]}""";
        _folder.WriteCases($"{Start}{Step},{Last}");
        Assert.Equal(1, (int)Row("multi-step", true)["right"]!);
        _folder.WriteCases($"{Start}{Step},{Last}".Replace("""["12"]}}]""", """["13"]}}]"""));
        Assert.Equal(0, (int)Row("multi-step", true)["right"]!);
        _folder.WriteCases($"{Start}{Step},{Step},{Last}");
        Nemotron.AssertFails(
            _folder.Run("pico"), """{"role": "user", "content": "One?"}, {"role": "assistant", "content": "It is 12.", "reasoning_content": "Seven and five."}, {"role": "tool", "content": "Two"}, {"role": "assistant",""");
    }

    [Fact]
    public void An_answer_that_does_not_end_is_wrong()
    {
        ScriptedModel.Write(_folder.Model, ScriptedModel.EndThink, "12 ", "12 ");
        _folder.WriteCases(Case("sum", false, "12"));
        Assert.Equal(0, (int)Row("sum", false)["right"]!);
    }

    [Fact]
    public void Skill_and_limit_choose_cases()
    {
        _folder.WriteCases(Case("sum", true, "x"), Case("sum", true, "12"), Case("sum", false, "12"), Case("chat", true, "12"));
        var rows = _folder.Json("pico", "--skill", "sum", "--limit", "1")["skills"]!.AsArray();
        Assert.Equal(["sum true 0/1", "sum false 1/1"], rows.Select(r => $"{r!["skill"]} {r["thinking"]} {r["right"]}/{r["total"]}"));
        Nemotron.AssertFails(_folder.Run("pico", "--skill", "sums"), "sums", "sum, chat", "mtp");
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_result()
    {
        _folder.WriteCases([.. Enumerable.Range(0, 12).Select(i => Case("sum", i % 2 == 0, i % 3 == 0 ? "12" : "13", id: $"s-{i}"))]);
        string Answers(string threads)
        {
            var wrong = _folder.File($"wrong-{threads}");
            var skills = _folder.Json("pico", "--threads", threads, "--failures", wrong)["skills"]!.ToJsonString();
            return skills + string.Concat(File.ReadLines(wrong).Select(l => JsonNode.Parse(l)!["id"] + " "));
        }
        Assert.Equal(Answers("1"), Answers("3"));
    }

    [Fact]
    public void Failures_are_written_with_what_was_expected_and_said()
    {
        _folder.WriteCases(Case("sum", true, "12"), Case("sum", true, "13", id: "bad"));
        var path = _folder.File("wrong.jsonl");
        Assert.Equal(0, _folder.Run("pico", "--failures", path).ExitCode);
        var line = JsonNode.Parse(Assert.Single(File.ReadLines(path)))!;
        Assert.Equal(("bad", "13", "It is 12.", "Seven and five."), ((string?)line["id"], (string?)line["expected"]!["contains"]![0], (string?)line["said"]!["content"], (string?)line["said"]!["reasoning"]));
    }

    [Fact]
    public void A_line_that_is_no_json_is_named()
    {
        _folder.WriteCases(Case("sum", true, "12"), "{");
        Nemotron.AssertFails(_folder.Run("pico"), "heldout.jsonl", "line 2", "not JSON");
    }

    [Theory]
    [InlineData("""{"id":"a","task":"sum","thinking":true,"messages":[],"expect":{"contains":["= 1"]}}""", "line 1", "'steps'")]
    [InlineData("""{"id":"a","task":"sum","thinking":"on","messages":[],"steps":[]}""", "'steps'", "at least one")]
    [InlineData("""{"id":"a","task":"sum","thinking":"on","messages":[],"steps":[{"expect":{"contains":[]}}]}""", "'thinking'", "\"on\"")]
    [InlineData("""{"id":"a","task":"sum","thinking":true,"messages":[{}],"steps":[{"expect":{"contains":[]}}]}""", "messages[0]", "'role'")]
    [InlineData("""{"id":"a","task":"sum","thinking":true,"messages":[],"steps":[{"expect":{"contains":[7]}}]}""", "steps[0]", "'contains[]'")]
    [InlineData("""{"id":"a","task":"sum","thinking":true,"messages":[],"steps":[{"expect":{"contains":[],"tool_call":{"name":"f"}}}]}""", "tool_call", "'arguments'")]
    [InlineData("""{"id":"a","task":"sum","thinking":true,"messages":[],"document":{"source":"a","line":-1},"steps":[{"expect":{"contains":[]}}]}""", "document", "'line'")]
    public void A_wrong_case_is_named(string line, params string[] words)
    {
        _folder.WriteCases(line);
        var path = Path.Combine(_folder.Model, "heldout.jsonl");
        var message = Assert.Throws<InvalidDataException>(() => EvaluationCase.Load(path).ToList()).Message;
        foreach (var word in (string[])[path, .. words]) Assert.Contains(word, message);
    }

    [Fact]
    public void The_table_goes_into_a_model_card_and_leaves_the_rest()
    {
        _folder.WriteCases(Case("sum", true, "12"));
        var card = _folder.File("README.md");
        File.WriteAllText(card, "# pico\n\n<!-- eval -->\nold\n<!-- /eval -->\n\nMore.\n");
        Assert.Equal(0, _folder.Run("pico", "--markdown", card).ExitCode);
        Assert.Equal(0, _folder.Run("pico", "--markdown", card).ExitCode);
        var text = File.ReadAllText(card);
        Assert.StartsWith("# pico\n\n<!-- eval -->\n\n| skill | right | of | share | 95 % interval | aim | verdict |\n|---|", text);
        Assert.Single(text.Split('\n'), l => l == "| sum, thinking on | 1 | 1 | 100.0 % | 20.7 % to 100.0 % | 97 % | reached |");
        Assert.EndsWith("\n<!-- /eval -->\n\nMore.\n", text);
        Assert.DoesNotContain("old", text);
    }

    [Fact]
    public void A_card_without_a_place_for_the_table_is_left_alone_and_half_a_table_is_refused()
    {
        _folder.WriteCases(Case("sum", true, "12"));
        var card = _folder.File("README.md");
        File.WriteAllText(card, "# pico\n");
        Nemotron.AssertFails(_folder.Run("pico", "--markdown", card), "README.md", "<!-- eval -->");
        Assert.Equal("# pico\n", File.ReadAllText(card));
        Nemotron.AssertFails(_folder.Run("pico", "--markdown", _folder.File("new.md"), "--limit", "3"), "--limit");
    }

    [Fact]
    public void Control_c_ends_it_with_code_130()
    {
        _folder.WriteCases([.. Enumerable.Repeat(Case("sum", true, "12"), 20_000)]);
        using var process = Nemotron.Start(Nemotron.Executable, ["eval", "-m", _folder.Model]);
        Assert.StartsWith("cases", process.StandardError.ReadLine());
        using (var kill = Nemotron.Start("kill", ["-INT", $"{process.Id}"])) Assert.Equal(0, Nemotron.End(kill).ExitCode);
        var (code, output, _) = Nemotron.End(process);
        Assert.Equal((130, ""), (code, output));
    }
}
