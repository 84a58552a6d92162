using System.Text.Json.Nodes;
using NemotronSharp.Training.Lineage;

namespace NemotronSharp.Training.Tests.Lineage;

/// <summary>A chain of two small stages, and every way in which it can be broken.</summary>
public sealed class LineageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public LineageTests()
    {
        Stage("first", [], [("weights", "one")], "2020-01-01");
        Stage("second", [_folder.File("first/weights")], [("weights", "two"), ("empty", "")], "2020-01-02");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_untouched_chain_is_whole()
    {
        var check = new LineageCheck();
        var second = check.Walk(_folder.File("second"));
        Assert.Empty(check.Problems);
        Assert.Equal("first", Assert.Single(second.Parents).Name);
        Assert.All([.. second.Inputs, .. second.Outputs, .. second.Parents[0].Outputs], f => Assert.Equal("same", f.Status));
        Assert.Equal(0, Lineage("second"));
    }

    [Theory]
    [InlineData("first/weights", "One")] // of equal length
    [InlineData("second/weights", "longer than before")]
    [InlineData("second/empty", "!")]
    public void A_changed_file_is_named(string file, string content)
    {
        File.WriteAllText(_folder.File(file), content);
        Assert.Contains(file, Assert.Single(Problems()), StringComparison.Ordinal);
        Assert.Equal(1, Lineage("second"));
    }

    [Theory]
    [InlineData("seed", "8")]
    [InlineData("metrics", """{"loss": 1}""")]
    [InlineData("settings", """{"threads": 3}""")]
    public void A_changed_manifest_is_not_the_one_the_next_stage_was_made_from(string field, string value)
    {
        Edit("first", json => json[field] = JsonNode.Parse(value));
        Assert.Contains("identity of stage 'first'", Assert.Single(Problems()));
    }

    [Fact]
    public void A_file_put_beside_what_a_stage_made_is_none_of_it()
    {
        Edit("first", json => json["outputs"] = new JsonArray());
        Edit("second", json => json["parents"]![0]!["identity"] = LineageManifest.Load(_folder.File("first/lineage.json")).Identity());
        Assert.Contains("a file that 'first' made", Assert.Single(Problems()));
    }

    [Fact]
    public void A_changed_recipe_does_not_fit_its_hash()
    {
        Edit("second", json => json["recipe"]![0]!["content"] = "{}");
        Assert.Contains("content of recipe/second.jsonc", Assert.Single(Problems()));
    }

    [Fact]
    public void Time_and_machine_are_not_part_of_the_identity()
    {
        var before = LineageManifest.Load(_folder.File("first/lineage.json")).Identity();
        Stage("first", [], [("weights", "one")], "2021-12-31");
        Assert.Equal(before, LineageManifest.Load(_folder.File("first/lineage.json")).Identity());
        Assert.Empty(Problems());
    }

    [Fact]
    public void Files_that_are_gone_are_told_but_the_chain_still_fits()
    {
        File.Delete(_folder.File("first/weights"));
        var check = new LineageCheck();
        Assert.Equal("absent", Assert.Single(check.Walk(_folder.File("second")).Inputs).Status);
        Assert.Empty(check.Problems);
    }

    [Fact]
    public void An_input_must_be_what_the_stage_before_says_it_made_even_when_both_files_are_gone()
    {
        var other = FileFact.HashOf("other");
        Edit("second", json => json["inputs"]![0]!["sha256"] = other);
        File.Delete(_folder.File("first/weights"));
        Assert.Contains(other, Assert.Single(Problems()));
    }

    [Fact]
    public void Manifests_that_name_each_other_end_the_walk()
    {
        Edit("first", json => json["parents"] = new JsonArray(new JsonObject { ["path"] = "../second/lineage.json", ["stage"] = "second", ["identity"] = "x" }));
        Assert.NotEmpty(Problems());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"format": "another"}""")]
    public void A_malformed_manifest_is_an_error_that_names_it(string content)
    {
        File.WriteAllText(_folder.File("first/lineage.json"), content);
        Assert.Contains("first/lineage.json", Assert.Throws<InvalidDataException>(() => new LineageCheck().Walk(_folder.File("second"))).Message);
    }

    [Fact]
    public void Null_in_a_list_is_an_error_too()
    {
        Edit("second", json => json["inputs"] = new JsonArray((JsonNode?)null));
        Assert.Contains("second/lineage.json", Assert.Throws<InvalidDataException>(Problems).Message);
    }


    private int Lineage(string stage) => LineageCommand.Create().Parse([_folder.File(stage)]).Invoke();

    private IReadOnlyList<string> Problems()
    {
        var check = new LineageCheck();
        check.Walk(_folder.File("second"));
        return check.Problems;
    }

    private void Edit(string stage, Action<JsonNode> change)
    {
        var file = _folder.File($"{stage}/lineage.json");
        var json = JsonNode.Parse(File.ReadAllText(file))!;
        change(json);
        File.WriteAllText(file, json.ToJsonString());
    }

    private void Stage(string name, string[] inputs, (string File, string Content)[] outputs, string created)
    {
        var folder = Directory.CreateDirectory(_folder.File(name)).FullName;
        foreach (var (file, content) in outputs) File.WriteAllText(Path.Combine(folder, file), content);
        Directory.CreateDirectory(_folder.File("recipe"));
        File.WriteAllText(_folder.File($"recipe/{name}.jsonc"), $"// {name}");
        IReadOnlyList<FileFact> read = [.. inputs.Select(f => FileFact.Of(f, folder))];
        new LineageManifest
        {
            Stage = name,
            Seed = 1,
            Recipe = [RecipeFact.Of(_folder.File($"recipe/{name}.jsonc"))],
            Settings = [],
            Parents = ParentFact.Of(read, folder),
            Inputs = read,
            Outputs = [.. outputs.Select(o => FileFact.Of(Path.Combine(folder, o.File), folder))],
            Metrics = new JsonObject { ["loss"] = 1.5 },
            Produced = new JsonObject { ["created"] = created },
        }.Save(folder);
    }
}
