using System.Text.Json.Nodes;

namespace NemotronSharp.Cli.Tests;

public class InspectTests
{
    // Published totals, router biases included, and the family's memory figures.
    [Theory]
    [InlineData("nano-30b-a3b", 31_577_940_288, 49_082_368, 6_144)]
    [InlineData("super-120b-a12b", 120_668_707_840, 170_229_760, 8_192)]
    [InlineData("ultra-550b-a55b", 549_308_993_536, 407_961_600, 12_288)]
    [InlineData("nano-9b-v2", 8_888_227_328, 143_548_416, 16_384)]
    public void Json_has_the_published_sizes(string preset, long parameters, long state, long keysAndValues)
    {
        var (code, output, _) = Nemotron.Run("inspect", "--preset", preset, "--json");
        Assert.Equal(0, code);
        var json = JsonNode.Parse(output)!;
        Assert.Equal((parameters, state, keysAndValues), ((long)json["parameters"]!, (long)json["state_bytes_per_sequence"]!, (long)json["key_value_bytes_per_token"]!));
        Assert.Equal(((string)json["pattern"]!).Length, json["layers"]!.AsObject().Sum(layer => (int)layer.Value!["count"]!));
    }

    [Fact]
    public void Table_of_a_folder_shows_layers_pattern_and_totals()
    {
        using var model = new TempFolder();
        ScriptedModel.WriteSum(model.Path);
        var (code, output, error) = Nemotron.Run("inspect", "-m", model.Path);
        Assert.Equal((0, ""), (code, error));
        var parameters = (long)JsonNode.Parse(Nemotron.Run("inspect", "-m", model.Path, "--json").Output)!["parameters"]!;
        foreach (var word in (string[])["M mamba", "* attention", "E moe", "- mlp", "M*E-", $"{parameters:N0}", "512 tokens", Path.GetFileName(model.Path)]) Assert.Contains(word, output);
    }

    [Fact]
    public void Config_field_that_is_wrong_is_named()
    {
        using var model = new TempFolder();
        ScriptedModel.WriteSum(model.Path);
        var config = JsonNode.Parse(File.ReadAllText(model.File("config.json")))!;
        config["hidden_size"] = -1;
        File.WriteAllText(model.File("config.json"), config.ToJsonString());
        Nemotron.AssertFails(Nemotron.Run("inspect", "-m", model.Path), "config.json", "hidden_size");
    }
}
