using static System.FormattableString;

namespace NemotronSharp.Conformance.Tests;

/// <summary>Prompts of lengths around the sizes at which either engine changes its way: pages, chunks, steps.</summary>
public sealed class PromptLengthTests : IDisposable
{
    private const int Single = 8, Seed = 21;

    private static readonly int[] StateSizes = [128, 48], Lengths = [1, 2, 3, 17, 63, 64, 65, 127, 128, 129, 255, 257, 511, 513, 700];

    private readonly TempFolder _folder = new();

    public static MatrixTheoryData<int, int> Cases { get; } = new(StateSizes, Lengths);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_are_llama_cpp_s_at_every_position(int stateSize, int length)
    {
        var shape = new Shape("all kinds", Shape.Base("ME*-MEM*E") with { SsmStateSize = stateSize, MoeLatentSize = 48 });
        string ours = _folder.File("ours.gguf"), theirs = _folder.File("twin.gguf");
        var (tensors, twin) = (TinyModels.Tensors(shape.Config, Seed), shape.TwinConfig());
        GgufModels.Write(ours, shape.Config, tensors);
        GgufModels.Write(theirs, twin, GgufModels.Twin(tensors, twin, shape.NameInOriginal));

        var d = Peers.Compare(ours, theirs, Peers.Ids(length + Single, shape.Config.VocabSize, Seed + length), Single);
        ConformanceTable.Prompts.Add(Array.IndexOf(StateSizes, stateSize) * Lengths.Length + Array.IndexOf(Lengths, length),
            $"{stateSize}", $"{length} + {Single}", Invariant($"{d.LargestLogit:0.0}"), Invariant($"{d.Largest:0.0e-0}"), Invariant($"{d.Relative:0.0e-0}"), Invariant($"{Peers.Float32Limit:0e-0}"), $"{d.SameTop}/{d.Rows}");
        Assert.InRange(d.Relative, 0, Peers.Float32Limit);
        Assert.Equal(d.Rows, d.SameTop);
    }
}
