using NemotronSharp.Checkpoints;
using NemotronSharp.Configuration;
using NemotronSharp.Numerics;

namespace NemotronSharp.Tests.Checkpoints;

/// <summary>Models whose layers of a kind differ in size (Puzzle), which GGUF describes by arrays.</summary>
public sealed class PerLayerSizesTests : IDisposable
{
    private static readonly int[] Ids = [.. Enumerable.Range(0, 21).Select(i => i * 31 % 101)];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static NemotronConfig Puzzle { get; } = TinyModels.Config("ME*-E*-") with
    {
        PerLayer =
        [
            new(2, 72, 3, 28), new(2, 72, 1, 12), new(1, 72, 3, 28), new(2, 24, 3, 28), new(2, 72, 5, 36), new(3, 72, 3, 28), new(2, 56, 3, 28), new(6, 72, 2, 20),
        ],
    };

    [Fact]
    public void They_come_back_from_a_file_and_give_the_same_logits_by_every_route()
    {
        var (file, again) = (Write(Puzzle, "puzzle.gguf"), _folder.File("again.gguf"));
        using (var checkpoint = Checkpoint.Open(file))
        {
            for (var layer = 0; layer < Puzzle.Layers.Length; layer++)
            {
                var (expected, found) = (Puzzle.At(layer), checkpoint.Config.At(layer));
                if (Puzzle.Layers[layer] == LayerKind.Attention) Assert.Equal(expected.NumKeyValueHeads, found.NumKeyValueHeads);
                if (Puzzle.Layers[layer] == LayerKind.Mlp) Assert.Equal(expected.IntermediateSize, found.IntermediateSize);
                if (Puzzle.Layers[layer] == LayerKind.Experts) Assert.Equal((expected.ExpertsPerToken, expected.MoeIntermediateSize), (found.ExpertsPerToken, found.MoeIntermediateSize));
            }
            Assert.Equal((6, 2, 20), (checkpoint.Config.At(7).NumKeyValueHeads, checkpoint.Config.At(7).ExpertsPerToken, checkpoint.Config.At(7).MoeIntermediateSize));
            Assert.Equal(CheckpointLayout.Tensors(Puzzle).Sum(t => t.Shape.Aggregate(1L, (a, b) => a * b)), checkpoint.Config.Footprint.Parameters + checkpoint.Config.Footprint.MtpParameters);
            GgufExport.Write(new CheckpointValues(checkpoint), again, "again", QuantizationRecipe.Keep);
        }
        var logits = Logits(file, Ids.Length);
        Assert.Equal(logits, Logits(file, 2));
        Assert.Equal(logits, Logits(again, 5));
    }

    [Fact]
    public void Equal_sizes_written_layer_by_layer_are_the_model_without_them()
    {
        var plain = TinyModels.Config("ME*-E*-");
        var same = plain with { PerLayer = [.. Enumerable.Repeat(new LayerSizes(2, 72, 3, 28), 8)] };
        Assert.Equal(Logits(Write(plain, "plain.gguf"), 21), Logits(Write(same, "same.gguf"), 21));
    }

    [Fact]
    public void Config_json_has_no_field_for_them() =>
        Assert.Contains("GGUF", Assert.Throws<InvalidDataException>(Puzzle.ToJson).Message);

    private string Write(NemotronConfig config, string name)
    {
        GgufExport.Write(new RandomValues(config, 3), _folder.File(name), "tiny", QuantizationRecipe.Uniform(TensorType.F32));
        return _folder.File(name);
    }

    private static List<float> Logits(string path, int chunk)
    {
        using var engine = NemotronEngine.Load(path, new EngineOptions { StepTokens = chunk, Threads = 2 });
        var result = new List<float>();
        using (var state = engine.NewSequence()) engine.ForwardAll(state, Ids, (_, logits) => result.AddRange(logits));
        using (var state = engine.NewSequence()) engine.ForwardMtp(state, Ids, (_, logits) => result.AddRange(logits));
        Assert.All(result, l => Assert.True(float.IsFinite(l)));
        return result;
    }
}
