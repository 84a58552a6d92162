using NemotronSharp.Model;

namespace NemotronSharp.Tests.Model;

/// <summary>The same tokens give the same logits whatever the route, in every format of the weights.</summary>
public sealed class FormatRouteTests : IDisposable
{
    private const int Vocabulary = 101;

    // The chunked scan adds the same products in another order, so float32 rounds them differently. Measured: at most 2.4e-6 of the largest logit
    // (all block types, chunks of 129); other machines add in vectors of other widths.
    private const float ChunkedBound = 2e-5f;

    private static readonly int[] Ids = [.. Enumerable.Range(0, 300).Select(i => i * i * 31 % 101)];

    private readonly TempFolder _folder = new();

    public static TheoryData<string> Formats { get; } = [.. FormatModels.Names];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Formats))]
    public void Any_split_any_threads_and_any_step_give_the_same_bits(string format)
    {
        var path = FormatModels.Write(_folder, format);
        float[] expected;
        using (var engine = NemotronEngine.Load(path, new EngineOptions { Threads = 1 }))
        {
            expected = Logits(engine, Ids.Length);
            foreach (var chunk in (int[])[1, 2, 3, 17, 128, 129]) AssertSameBits(expected, Logits(engine, chunk));
        }
        // Five: more threads than the machine may have cores.
        foreach (var (threads, step, chunk) in new[] { (2, 512, 300), (2, 512, 1), (5, 37, 129) })
        {
            using var engine = NemotronEngine.Load(path, new EngineOptions { Threads = threads, StepTokens = step });
            AssertSameBits(expected, Logits(engine, chunk));
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
        using var recurrent = NemotronEngine.Load(path, new EngineOptions { Threads = 1 });
        var expected = Logits(recurrent, Ids.Length);
        var bound = ChunkedBound * expected.Max(MathF.Abs);
        foreach (var (threads, chunk) in new[] { (1, 300), (2, 300), (2, 129), (1, 17), (1, 3) })
        {
            using var chunked = NemotronEngine.Load(path, new EngineOptions { Threads = threads, Scan = ScanForm.Chunked });
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
