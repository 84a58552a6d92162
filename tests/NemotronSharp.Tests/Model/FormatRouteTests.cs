using System.Runtime.InteropServices;
using NemotronSharp.Checkpoints;
using NemotronSharp.Model;
using NemotronSharp.Numerics;

namespace NemotronSharp.Tests.Model;

/// <summary>The same tokens give the same logits whatever the route, in every format of the weights and every precision of the activations.</summary>
public sealed class FormatRouteTests : IDisposable
{
    private const int Vocabulary = 101;

    // The chunked scan adds the same products in another order, so float32 rounds them differently (and whole-number activations would make more of that). Measured: at most 2.4e-6 of the largest logit
    // (all block types, chunks of 129); other machines add in vectors of other widths.
    private const float ChunkedBound = 2e-5f;

    private static readonly int[] Ids = [.. Enumerable.Range(0, 300).Select(i => i * i * 31 % 101)];

    private readonly TempFolder _folder = new();

    public static TheoryData<string> Formats { get; } = [.. FormatModels.Names];

    /// <summary>Formats whose products are in whole numbers, with every precision; the others once.</summary>
    public static TheoryData<string, ActivationPrecision> FormatsAndPrecisions { get; } =
        [.. FormatModels.Names.SelectMany(format => (FormatModels.HasCodes(format) ? Enum.GetValues<ActivationPrecision>() : [ActivationPrecision.Float32]).Select(precision => (format, precision)))];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(FormatsAndPrecisions))]
    public void Any_split_any_threads_any_step_and_any_kernel_give_the_same_bits(string format, ActivationPrecision precision)
    {
        var path = FormatModels.Write(_folder, format);
        var options = new EngineOptions { Threads = 1, Activations = precision };
        float[] expected;
        using (var engine = NemotronEngine.Load(path, options))
        {
            expected = Logits(engine, Ids.Length);
            foreach (var chunk in (int[])[1, 2, 3, 17, 128, 129]) AssertSameBits(expected, Logits(engine, chunk));
        }
        using (var engine = NemotronEngine.Load(path, options with { PortableKernels = true }))
            foreach (var chunk in (int[])[300, 1, 3]) AssertSameBits(expected, Logits(engine, chunk));
        // Most are more threads than the machine may have cores.
        foreach (var (threads, step, chunk, portable) in new[] { (2, 512, 300, false), (2, 512, 1, false), (3, 512, 300, true), (3, 37, 129, false), (5, 37, 129, true), (8, 512, 300, false), (16, 129, 300, false), (16, 512, 300, true) })
        {
            using var engine = NemotronEngine.Load(path, options with { Threads = threads, StepTokens = step, PortableKernels = portable });
            AssertSameBits(expected, Logits(engine, chunk));
        }
    }

    /// <summary>Whole numbers are for the formats that have codes, and there the precisions are three different roundings.</summary>
    [Theory]
    [MemberData(nameof(Formats))]
    public void Precision_changes_logits_where_weights_are_codes_and_nowhere_else(string format)
    {
        var path = FormatModels.Write(_folder, format);
        float[][] logits = [.. Enum.GetValues<ActivationPrecision>().Select(precision =>
        {
            using var engine = NemotronEngine.Load(path, new EngineOptions { Threads = 1, Activations = precision });
            return Logits(engine, Ids.Length);
        })];
        Assert.Equal(FormatModels.HasCodes(format) ? 3 : 1, logits.Select(all => Convert.ToHexString(MemoryMarshal.AsBytes<float>(all))).Distinct().Count());
    }

    // Matrices of several megabytes: only then are products for one token shared out.
    [Theory]
    [InlineData(TensorType.Q8_0)]
    [InlineData(TensorType.NVFP4)]
    public void Decoding_on_any_number_of_threads_gives_the_same_bits(TensorType type)
    {
        var config = TinyModels.Config("ME*-", latent: false, mtp: false) with { HiddenSize = 1024, VocabSize = 4801, HeadDim = 64, IntermediateSize = 4160, MoeIntermediateSize = 64, SharedIntermediateSize = 320, RoutedExperts = 5 };
        ModelConversion.Initialize(config, 7, _folder.File("wide.gguf"), ModelFormat.Gguf, QuantizationRecipe.Uniform(type), cancellation: TestContext.Current.CancellationToken);
        foreach (var precision in Enum.GetValues<ActivationPrecision>())
        {
            float[]? expected = null;
            foreach (var (threads, portable) in new[] { (1, false), (2, false), (3, false), (5, true), (8, false), (16, false) })
            {
                using var engine = NemotronEngine.Load(_folder.File("wide.gguf"), new EngineOptions { Threads = threads, Activations = precision, PortableKernels = portable });
                using var state = engine.NewSequence();
                var logits = new List<float>();
                for (var i = 0; i < 4; i++) engine.ForwardAll(state, Ids.AsSpan(i, 1), (_, row) => logits.AddRange(row));
                engine.ForwardAll(state, Ids.AsSpan(4, 3), (_, row) => logits.AddRange(row));
                Assert.All(logits, value => Assert.True(float.IsFinite(value)));
                expected ??= [.. logits];
                AssertSameBits(expected, [.. logits]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_state_copied_midway_continues_with_the_same_bits(string format)
    {
        using var engine = NemotronEngine.Load(FormatModels.Write(_folder, format), new EngineOptions { Threads = 2 });
        float[] expected = new float[Vocabulary], logits = new float[Vocabulary];
        using var unbroken = engine.NewSequence();
        engine.Forward(unbroken, Ids, expected);

        using var original = engine.NewSequence();
        engine.Forward(original, Ids.AsSpan(0, 141), logits);
        using var copy = original.Clone();
        engine.Forward(copy, [1, 2, 3], logits);
        engine.Forward(original, Ids.AsSpan(141), logits);
        AssertSameBits(expected, logits);

        using var again = engine.NewSequence();
        engine.Forward(again, Ids.AsSpan(0, 141), logits);
        using var second = again.Clone();
        engine.Forward(second, Ids.AsSpan(141), logits);
        AssertSameBits(expected, logits);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void The_chunked_scan_agrees_within_rounding_on_every_route(string format)
    {
        var path = FormatModels.Write(_folder, format);
        using var recurrent = NemotronEngine.Load(path, EngineOptions.Float32 with { Threads = 1 });
        var expected = Logits(recurrent, Ids.Length);
        var bound = ChunkedBound * expected.Max(MathF.Abs);
        foreach (var (threads, chunk) in new[] { (1, 300), (2, 300), (2, 129), (1, 17), (1, 3) })
        {
            using var chunked = NemotronEngine.Load(path, EngineOptions.Float32 with { Threads = threads, Scan = ScanForm.Chunked });
            var largest = Logits(chunked, chunk).Zip(expected).Max(p => MathF.Abs(p.First - p.Second));
            Assert.True(largest <= bound, $"threads {threads}, chunks of {chunk}: found a difference of {largest}, expected at most {bound}");
        }
    }

    private static float[] Logits(NemotronEngine engine, int chunk)
    {
        using var state = engine.NewSequence();
        var all = new List<float>();
        for (var at = 0; at < Ids.Length; at += chunk) engine.ForwardAll(state, Ids.AsSpan(at, Math.Min(chunk, Ids.Length - at)), (_, logits) => all.AddRange(logits));
        Assert.Equal(Ids.Length * Vocabulary, all.Count);
        Assert.All(all, value => Assert.True(float.IsFinite(value)));
        Assert.True(all.Max(MathF.Abs) > 0.1f);
        return [.. all];
    }

    private static void AssertSameBits(float[] expected, float[] actual) =>
        Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), actual.Select(BitConverter.SingleToInt32Bits));
}
