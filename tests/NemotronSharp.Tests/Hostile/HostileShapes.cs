using NemotronSharp.Checkpoints;
using NemotronSharp.Numerics;

namespace NemotronSharp.Tests.Hostile;

/// <summary>Files in which everything agrees and one or two sizes are absurd: narrow matrices that ask for wide states, heads, routers and scratch memory.</summary>
internal sealed class HostileShapes : HostileFiles
{
    // With more weights than this the file would no longer be a small one: then it holds none.
    private const long MostWeights = 5_000_000;

    private static readonly int[] Sizes = [1, 2, 3, 17, 100, 1000, 4097, 65_536, 300_000, 1 << 18, 1 << 20, 1 << 24, 1 << 28];

    private bool _chunked;

    public override string Name => "shapes";

    public override double Share => 0.06;

    public override void Write(Chance chance)
    {
        Size = 0;
        _chunked = chance.OneIn(2);
        var config = Narrow(chance);
        for (var i = chance.Between(1, 3); i > 0; i--) config = Stretch(config, chance);
        var footprint = config.Footprint;
        var layers = config.Layers.Concat(config.MtpLayers).Select(footprint.LayerParameters).ToArray();
        var small = layers.All(p => p is > 0 and < MostWeights) && layers.Sum() < MostWeights && (Int128)config.VocabSize * config.HiddenSize < MostWeights && config.RoutedExperts <= 5000;
        var type = chance.Of(TensorType.BF16, TensorType.F8E4M3);
        var random = new Random(7);
        HuggingFaceFolder.Write(Folder.Path, config, !small ? [] : [.. CheckpointLayout.Tensors(config).Select(t =>
            t.Shape.Length == 2 ? HostileModel.Random(t.Name, type, t.Shape, random) : TensorContent.FromSingles(t.Name, TensorType.BF16, t.Shape, Values(t.Shape, chance)))]);
        Size = Directory.GetFiles(Folder.Path).Sum(f => new FileInfo(f).Length);
    }

    public override void Read(Meter meter)
    {
        using var engine = NemotronEngine.Load(Folder.Path, HostileModel.Options(_chunked));
        HostileModel.Use(engine, meter);
    }

    private static NemotronConfig Narrow(Chance chance) => HostileModel.Config with
    {
        Layers = TinyModels.Schedule(chance.Of("M", "*", "E", "-", "M*", "ME")),
        MtpDepth = 0,
        MtpLayers = [],
        HiddenSize = chance.Of(1, 2, 16),
        VocabSize = 12,
        NumAttentionHeads = 1,
        HeadDim = 2,
        MambaNumHeads = 2,
        MambaHeadDim = 2,
        SsmStateSize = 2,
        IntermediateSize = 2,
        RoutedExperts = 4,
        MoeIntermediateSize = 2,
        SharedIntermediateSize = 2,
    };

    private static NemotronConfig Stretch(NemotronConfig c, Chance chance)
    {
        var size = chance.Of(Sizes);
        var half = (size + 1) / 2 * 2;
        return chance.Below(14) switch
        {
            0 => c with { HiddenSize = size },
            1 => c with { HeadDim = size },
            2 => c with { NumAttentionHeads = half, NumKeyValueHeads = chance.Of(1, 2, half) },
            3 => c with { MambaNumHeads = half, MambaGroups = chance.Of(1, 2, half) },
            4 => c with { MambaHeadDim = size },
            5 => c with { SsmStateSize = size },
            6 => c with { ConvKernel = Math.Clamp(size, 2, 100) },
            7 => c with { ChunkSize = size },
            8 => c with { IntermediateSize = size, SharedIntermediateSize = size },
            9 => c with { RoutedExperts = half, ExpertsPerToken = chance.Of(1, 2, half / 2, half), RouterGroups = chance.Of(1, 2, half), RouterTopGroups = chance.Of(1, 2, half) },
            10 => c with { MoeIntermediateSize = size },
            11 => c with { MoeLatentSize = size },
            12 => c with { VocabSize = Math.Max(12, size) },
            _ => c with { Layers = [.. Enumerable.Repeat(c.Layers[0], Math.Min(size, 4097))] },
        };
    }

    private static float[] Values(long[] shape, Chance chance)
    {
        var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        Array.Fill(values, chance.OneIn(10) ? chance.Single() : 0.5f);
        return values;
    }
}
