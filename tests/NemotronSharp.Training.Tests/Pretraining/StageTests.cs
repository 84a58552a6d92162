using NemotronSharp.Training.Pretraining;

namespace NemotronSharp.Training.Tests.Pretraining;

/// <summary>How a stage's name becomes files.</summary>
public sealed class StageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public StageTests()
    {
        Directory.CreateDirectory(_folder.File("tale"));
        foreach (var (name, content) in new[] { ("one", """{ /* first */ "phases": [] }"""), ("two", """{ "phases": [], "from": "one" }"""), ("data", """{ "parts": [] }"""), ("model", "{}") })
            File.WriteAllText(_folder.File($"tale/{name}.jsonc"), content);
    }

    private string Recipe => _folder.File("tale");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Stages_are_the_training_recipes_of_the_folder() => Assert.Equal(["one", "two"], Stage.Names(Recipe));

    [Fact]
    public void A_name_and_a_path_are_the_same_stage_and_stages_lie_side_by_side()
    {
        Assert.Equal(new Stage("two", Path.Combine(Recipe, "two.jsonc"), Path.Combine("runs", "tale", "two")), Stage.Find("two", Recipe, null));
        Assert.Equal(Stage.Find("two", Recipe, "x"), Stage.Find(Path.Combine(Recipe, "two.jsonc"), "nowhere", "x"));
        Assert.Equal(Path.Combine("x", "two"), Stage.Find("two", Recipe, "x").Output);
    }

    [Theory]
    [InlineData("three", "one, two")]
    [InlineData("data", "'phases'")]
    [InlineData("nowhere/one.jsonc", "nowhere/one.jsonc: no such recipe")]
    public void What_is_no_stage_is_told(string given, string words) =>
        Assert.Contains(words, Assert.Throws<InvalidDataException>(() => Stage.Find(given, Recipe, null)).Message);

    [Theory]
    [InlineData("one", "one.jsonc first")]
    [InlineData("one/merged", "one.jsonc first")]
    [InlineData("three", "field 'from': found 'three'")]
    [InlineData("one/other", "field 'from'")]
    [InlineData("/merged", "field 'from'")]
    public void Weights_that_are_not_there_are_told(string from, string words) =>
        Assert.Contains(words, Assert.Throws<InvalidDataException>(() => Stage.Find("two", Recipe, _folder.File("out")).WeightsOf(from)).Message);

    [Fact]
    public void Weights_count_only_when_the_stage_has_finished()
    {
        var two = Stage.Find("two", Recipe, _folder.File("out"));
        Directory.CreateDirectory(_folder.File("out/one/model"));
        Assert.Throws<InvalidDataException>(() => two.WeightsOf("one"));
        Directory.CreateDirectory(_folder.File("out/one/checkpoints/step-0000003"));
        Assert.Contains("--resume", Assert.Throws<InvalidDataException>(() => two.WeightsOf("one")).Message);
        File.WriteAllText(_folder.File("out/one/lineage.json"), "{}");
        Assert.Equal(_folder.File("out/one/model"), two.WeightsOf("one"));
        Assert.Contains("finished without", Assert.Throws<InvalidDataException>(() => two.WeightsOf("one/merged")).Message);
    }
}
