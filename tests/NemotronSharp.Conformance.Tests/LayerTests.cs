using NemotronSharp.LlamaCpp;
using static System.FormattableString;

namespace NemotronSharp.Conformance.Tests;

/// <summary>Logits of every layer kind and shape against llama.cpp's.</summary>
public sealed class LayerTests : IDisposable
{
    private const int Tokens = 70, Seed = 11, SegmentationFault = 128 + 11;

    private readonly TempFolder _folder = new();

    public static TheoryData<int, string> Cases { get; } = [.. Shape.Cases.Select((shape, i) => (i, shape.Name))];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_are_llama_cpp_s(int number, string name)
    {
        var shape = Shape.Cases[number];
        var ids = Peers.Ids(Tokens, shape.Config.VocabSize, Seed);
        string ours = _folder.File("ours.gguf"), theirs = ours;
        var tensors = TinyModels.Tensors(shape.Config, Seed + number);
        // A folder's config.json has no fields for layers of different sizes.
        if (shape.Config.PerLayer.IsEmpty) GgufModels.Write(ours, shape.Config, tensors);
        else GgufModels.Write(ours, shape.Config, Seed);
        if (shape.Refused is { } words)
        {
            Refused(number, name, Peers.RunAlone(ours, ids), words);
            theirs = _folder.File("twin.gguf");
            var twin = shape.TwinConfig();
            GgufModels.Write(theirs, twin, GgufModels.Twin(tensors, twin, shape.NameInOriginal));
        }

        var d = Peers.Compare(ours, theirs, ids);
        ConformanceTable.Layers.Add(number, name, $"{Tokens}", Invariant($"{d.LargestLogit:0.0}"), Invariant($"{d.Largest:0.0e-0}"), Invariant($"{d.Relative:0.0e-0}"), Invariant($"{Peers.Float32Limit:0e-0}"), $"{d.SameTop}/{d.Rows}", shape.Refused is null ? "the same file" : "mute layers");
        Assert.InRange(d.LargestLogit, 1, 100);
        Assert.InRange(d.Relative, 0, Peers.Float32Limit);
        Assert.Equal(d.Rows, d.SameTop);
    }

    private static void Refused(int number, string name, EngineOutcome outcome, string words)
    {
        if (words == Shape.Crash) Assert.Equal(SegmentationFault, outcome.ExitCode);
        else
        {
            Assert.NotEqual(0, outcome.ExitCode);
            Assert.Contains(words, outcome.Error);
        }
        ConformanceTable.Refusals.Add(number, name, words == Shape.Crash ? words : $"`{words}`");
    }
}
