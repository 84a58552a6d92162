using NemotronSharp.Training.Pretraining;
using NemotronSharp.Training.Tests.Data;

namespace NemotronSharp.Training.Tests.Pretraining;

public sealed class RecipeTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("pretrain.jsonc")]
    [InlineData("sft.jsonc")]
    public void Picos_stages_are_valid_share_a_shape_and_their_blends_are_shares(string stage)
    {
        var path = Path.Combine(Path.GetDirectoryName(DataFolder.Template)!, stage);
        var recipe = Recipe.Load(path);
        Assert.Equal("MEM*EM*EM*E", recipe.Config(path).Pattern);
        Assert.True(recipe.Schedule.DecayStart >= recipe.Phases[^1].FromStep); // every phase begins on the rate's plateau
        Assert.True((recipe.Merge?.ToStep ?? 0) <= recipe.Schedule.DecayStart); // merging is for a plateau
        Assert.All(recipe.Phases, phase => Assert.Equal(1, phase.Blend.Sum(b => b.Weight), 1e-9));
    }

    [Theory]
    [InlineData("\"steps\": 10", "\"stebs\": 10", "stebs")]
    [InlineData("\"steps\": 10", "\"steps\": 0", "steps")]
    [InlineData("\"steps\": 10", "\"steps\": \"many\"", "steps")]
    [InlineData("\"tokens_per_step\": 64", "\"tokens_per_step\": 65", "tokens_per_step")]
    [InlineData("\"precision\": \"float32\"", "\"precision\": \"int3\"", "precision")]
    [InlineData("\"from_step\": 0", "\"from_step\": 5", "phases")]
    [InlineData("\"peak_rate\": 1e-3", "\"peak_rate\": 1e-9", "peak_rate")]
    public void A_wrong_field_is_named(string right, string wrong, string named)
    {
        File.WriteAllText(_folder.File("good.jsonc"), Good);
        Assert.Equal(10, Recipe.Load(_folder.File("good.jsonc")).Steps);
        Assert.Contains(right, Good);
        File.WriteAllText(_folder.File("bad.jsonc"), Good.Replace(right, wrong));
        Assert.Contains(named, Assert.Throws<InvalidDataException>(() => Recipe.Load(_folder.File("bad.jsonc"))).Message);
    }

    private const string Good = """
        // comments are welcome
        {
          "model": { "model_type": "nemotron_h" },
          "data": "data",
          "phases": [{ "from_step": 0, "blend": [{ "file": "a.bin", "weight": 1 }] }],
          "steps": 10, "tokens_per_step": 64, "tokens_at_once": 32,
          "peak_rate": 1e-3, "minimum_rate": 1e-5, "precision": "float32",
        }
        """;
}
