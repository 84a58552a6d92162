using NemotronSharp.Checkpoints;
using NemotronSharp.Configuration;
using NemotronSharp.LlamaCpp;
using NemotronSharp.Numerics;
using static System.FormattableString;

namespace NemotronSharp.Conformance.Tests;

/// <summary>
/// What whole-number activations cost: distances from the float32 products of the same file, beside those of llama.cpp, which rounds activations to 8 bits.
/// Random models with the layers of published ones: dense; with experts that are all chosen; and with experts as they are chosen there.
/// </summary>
public sealed class ActivationPrecisionTests : IDisposable
{
    // Experts are compared on short sequences: a rounding that turns the choice between two nearly equal experts goes on in the state.
    private const int Tokens = 96, ShortTokens = 4, Seed = 41;

    // Seen: at most 3.1. A limit of the worst row, and activations behind gates and squared ReLUs have larger outliers than normal ones.
    private const double WorstOverExpected = 4;

    // Where roundings turn choices, a distance says how often they did: int8 and llama.cpp are held to each other.
    private const double Int8OverLlama = 1.25, LeastOverInt16 = 100;

    private static readonly TensorType[] Types = [TensorType.Q8_0, TensorType.Q4_0, TensorType.NVFP4];

    private static readonly (string Name, NemotronConfig Config, bool Chooses)[] Models =
    [
        .. ((string[])["nano-4b", "nano-9b-v2"]).Select(name => ($"`{name}`", Narrow(name), false)),
        .. ((string[])["nano-30b-a3b", "super-120b-a12b", "ultra-550b-a55b"]).SelectMany(name => ((string, NemotronConfig, bool)[])
            [($"`{name}`, all of 6 experts", Narrow(name) with { RoutedExperts = 6, ExpertsPerToken = 6 }, false), ($"`{name}`, {Narrow(name).ExpertsPerToken} of 64 experts", Narrow(name), true)]),
    ];

    private readonly TempFolder _folder = new();

    public static MatrixTheoryData<int, TensorType> Cases { get; } = new(Enumerable.Range(0, Models.Length), Types);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Whole_numbers_stay_as_near_as_their_rounding_allows(int model, TensorType type)
    {
        var (name, config, chooses) = Models[model];
        var path = _folder.File("typed.gguf");
        ModelConversion.Initialize(config, Seed, path, ModelFormat.Gguf, QuantizationRecipe.Uniform(type), cancellation: TestContext.Current.CancellationToken);
        int[][] sequences = [.. Peers.Ids(Tokens, config.VocabSize, Seed).Chunk(chooses ? ShortTokens : Tokens)];
        var exact = Peers.Logits(path, ActivationPrecision.Float32, sequences);
        var int16 = Peers.Difference(exact, Peers.Logits(path, ActivationPrecision.Int16, sequences));
        var int8 = Peers.Difference(exact, Peers.Logits(path, ActivationPrecision.Int8, sequences));
        var llama = Peers.Difference(exact, Peers.LlamaLogits(path, sequences));

        double Row(LogitDifference d) => chooses ? d.MedianRow : d.WorstRow;
        var int16Limit = WorstOverExpected * ActivationRounding.Expected(ActivationPrecision.Int16, config);
        var int8Limit = chooses ? Int8OverLlama * Row(llama) : WorstOverExpected * ActivationRounding.Expected(ActivationPrecision.Int8, config);
        ConformanceTable.Activations.Add(model * Types.Length + Array.IndexOf(Types, type), name, $"{type}", chooses ? "median" : "worst",
            Invariant($"{Row(int16):0.0e-0}"), Invariant($"{int16Limit:0.0e-0}"), Invariant($"{Row(int8):0.0e-0}"), Invariant($"{int8Limit:0.0e-0}"), Invariant($"{Row(llama):0.0e-0}"),
            Invariant($"{Row(llama) / Row(int16):0}×"), $"{int16.SameTop}, {int8.SameTop}, {llama.SameTop}");
        Assert.Equal(Tokens, int16.Rows);
        Assert.InRange(Row(int16), 1e-6, int16Limit);
        Assert.InRange(Row(int8), 1e-4, int8Limit);
        Assert.True(Row(llama) >= LeastOverInt16 * Row(int16), $"found llama.cpp's {Row(llama):g3} beside {Row(int16):g3}, expected at least {LeastOverInt16} times as much");
    }

    // A published model's layers, in sizes of a test.
    private static NemotronConfig Narrow(string preset)
    {
        var config = NemotronPresets.Get(preset);
        return config with
        {
            HiddenSize = 256,
            VocabSize = 512,
            NumAttentionHeads = 8,
            NumKeyValueHeads = 2,
            HeadDim = 32,
            MambaNumHeads = 8,
            MambaHeadDim = 32,
            MambaGroups = 2,
            SsmStateSize = 64,
            IntermediateSize = 512,
            RoutedExperts = Math.Min(config.RoutedExperts, 64),
            ExpertsPerToken = Math.Min(config.ExpertsPerToken, 11),
            MoeIntermediateSize = 64,
            SharedIntermediateSize = Math.Min(config.SharedIntermediateSize, 128),
            MoeLatentSize = Math.Min(config.MoeLatentSize, 64),
            MtpDepth = 0,
            MtpLayers = [],
            MaxPositionEmbeddings = 512,
        };
    }
}
