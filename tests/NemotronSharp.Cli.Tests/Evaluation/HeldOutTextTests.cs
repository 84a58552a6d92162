using System.Text.Json.Nodes;
using static NemotronSharp.Cli.Tests.Evaluation.EvaluationFolder;

namespace NemotronSharp.Cli.Tests.Evaluation;

/// <summary>What needs text that the repository does not contain, and what else stands in the model folder.</summary>
public sealed class HeldOutTextTests : IDisposable
{
    private readonly EvaluationFolder _folder = new();

    public HeldOutTextTests() => _folder.WriteCases(Case("sum", false, "12"), Lookup(0, 5, 4));

    public void Dispose() => _folder.Dispose();

    private static string Lookup(int line, int start, int length, string insert = "") =>
        Case("lookup-4k", true, "12", "Read: {document} Well?", more: $$"""  "document":{"source":"tales.jsonl","line":{{line}},"start":{{start}},"length":{{length}},"insert":[{{insert}}]},""");

    private JsonNode Skill(string name, JsonNode json) => json["skills"]!.AsArray().Single(r => (string?)r!["skill"] == name)!;

    [Fact]
    public void Without_the_sources_the_rows_say_so_and_the_others_are_measured()
    {
        _folder.WriteSource(["Once upon a time."], [0]);
        var table = _folder.Run("pico").Output;
        Assert.Matches(@"lookup-4k, thinking on +1 +95 % +needs --data", table);
        Assert.Matches(@"bits per byte, tales +needs --data", table);
        var json = _folder.Json("pico");
        Assert.Equal((0, true, null), ((int)Skill("lookup-4k", json)["total"]!, (bool)Skill("lookup-4k", json)["needs_data"]!, (bool?)Skill("lookup-4k", json)["reached"]));
        Assert.Equal(1, (int)Skill("sum", json)["right"]!);
    }

    [Fact]
    public void A_look_up_is_answered_with_its_text_in_place()
    {
        // The template shows a conversation of more than four messages: filled up, the text is seen.
        var lookup = Lookup(1, 5, 9, """[0,"<a>"],[4,"<b>"],[9,"<c>"]""").Replace("""}],  "document""", """},{"role":"user","content":"1"},{"role":"user","content":"2"},{"role":"user","content":"3"},{"role":"user","content":"4"}],  "document""");
        _folder.WriteCases(lookup);
        _folder.WriteSource(["Nothing.", "# Title\n\nOnce “upon” a time."], []);
        Nemotron.AssertFails(_folder.Run("pico", "--data", _folder.Data), """ "content": "Read: <a>\"upo<b>n\" a <c> Well?"}""");
        _folder.WriteCases(Lookup(1, 5, 9));
        Assert.Equal(1, (int)Skill("lookup-4k", _folder.Json("pico", "--data", _folder.Data))["right"]!);
    }

    [Fact]
    public void The_list_of_held_out_text_lies_beside_the_cases()
    {
        _folder.WriteCases(Lookup(0, 5, 4));
        _folder.WriteSource(["Once upon a time."], [0]);
        var other = Directory.CreateDirectory(_folder.File("other")).FullName;
        foreach (var file in (string[])["heldout.jsonl", "heldout-text.json"]) File.Move(Path.Combine(_folder.Model, file), Path.Combine(other, file));
        var json = _folder.Json("pico", "--cases", Path.Combine(other, "heldout.jsonl"), "--data", _folder.Data);
        Assert.Equal(1, (int)Skill("lookup-4k", json)["right"]!);
    }

    [Theory]
    [InlineData(0, 5, 14, "", "17 characters", "19")]
    [InlineData(0, 5, 2147483647, "", "17 characters", "2147483652")]
    [InlineData(2, 0, 1, "", "found 1 documents", "2")]
    [InlineData(0, 5, 4, "[5,\"x\"]", "at 5", "up to 4")]
    [InlineData(0, 5, 4, "[3,\"x\"],[2,\"y\"]", "at 2", "ascending")]
    public void A_place_outside_the_text_is_named(int line, int start, int length, string insert, params string[] words)
    {
        _folder.WriteSource(["Once upon a time."], []);
        _folder.WriteCases(Lookup(line, start, length, insert));
        Nemotron.AssertFails(_folder.Run("pico", "--data", _folder.Data), ["tales.jsonl", .. words]);
    }

    [Fact]
    public void Another_file_than_the_one_meant_is_refused()
    {
        _folder.WriteSource(["Once upon a time."], [0], sha256: new string('0', 64));
        Nemotron.AssertFails(_folder.Run("pico", "--data", _folder.Data), "tales.jsonl", "SHA-256", "000000");
        Nemotron.AssertFails(_folder.Run("pico", "--data", _folder.File("no-such")), "no-such");
        File.Delete(Path.Combine(_folder.Data, "tales.jsonl"));
        Nemotron.AssertFails(_folder.Run("pico", "--data", _folder.Data), "tales.jsonl");
    }

    // The model knows no successor of these bytes and gives every token the same probability: log2(vocabulary) bits for each byte.
    [Fact]
    public void Bits_per_byte_of_an_ignorant_model_are_those_of_its_vocabulary()
    {
        _folder.WriteCases(Case("sum", false, "12"));
        var documents = new[] { "Not held out", new string('ö', 1500), "A house and a tree" };
        _folder.WriteSource(documents, [1, 2]);
        var json = _folder.Json("pico", "--data", _folder.Data)["bits_per_byte"]![0]!;
        Assert.Equal(Math.Log2(256 + 6), (double)json["value"]!, 1e-5);
        // 3,000 bytes in chunks of 1,024 and 18 in one; the first of each chunk is given.
        Assert.Equal(3000 - 3 + 18 - 1, (int)json["bytes"]!);
        Assert.Equal((2, "tales"), ((int)json["texts"]!, (string?)json["source"]));
    }

    [Theory]
    [InlineData(true, 3, 2, "reached")]
    [InlineData(false, 0, 0, "not reached")]
    public void Drafts_are_held_against_the_answer_itself(bool right, int first, int second, string verdict)
    {
        ScriptedModel.WriteSumWithDrafts(_folder.Model, right);
        _folder.WriteCases(Case("sum", true, "12"));
        // Four tokens: behind the first three one more follows, behind the first two two more.
        var table = _folder.Run("pico", "--skill", "mtp").Output;
        Assert.Matches($@"drafts accepted, first token +{first} +3 +.*80 % +{verdict}", table);
        Assert.Matches($@"drafts accepted, second token +{second} +2 +.*60 % +{verdict}", table);
        Assert.Matches($@"second token behind an accepted first +{second} +{second} +.*reported", table);
    }

    [Theory]
    [InlineData("1.90", "reached")]
    [InlineData("2.00", "reached")]
    [InlineData("2.01", "not reached")]
    public void The_pair_is_shown_when_it_is_there(string hybrid, string verdict)
    {
        string Member(string pattern, string bits) => $$"""{"pattern":"{{pattern}}","parameters":5600000,"tokens":3000000,"heldout_loss":1.5,"bits_per_byte":{{bits}}}""";
        var path = Path.Combine(_folder.Model, "pair.json");
        File.WriteAllText(path, $$"""{"hybrid":{{Member("MEM*E", hybrid)}},"transformer":{{Member("*-*-", "2.00")}}}""");
        _folder.WriteCases(Case("sum", false, "12"));
        Assert.Matches($@"hybrid MEM\*E, 5\.60 M parameters, 3\.0 M tokens +{hybrid}0 +no worse +{verdict}", _folder.Run("pico").Output);
    }

    [Fact]
    public void A_pair_without_a_field_is_named()
    {
        File.WriteAllText(Path.Combine(_folder.Model, "pair.json"), """{"hybrid":{}}""");
        Nemotron.AssertFails(_folder.Run("pico"), "pair.json", "hybrid", "'pattern'");
    }
}
