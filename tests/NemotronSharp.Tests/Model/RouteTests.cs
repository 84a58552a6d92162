using NemotronSharp.Model;
using NemotronSharp.Numerics;
using NemotronSharp.State;

namespace NemotronSharp.Tests.Model;

/// <summary>The same tokens give the same logits whatever the route.</summary>
public sealed class RouteTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly int[] _ids;

    public RouteTests()
    {
        TinyModels.Write(_folder.Path, TinyModels.Config(), seed: 1);
        var random = new Random(2);
        _ids = [.. Enumerable.Range(0, 300).Select(_ => random.Next(101))];
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(128)]
    [InlineData(129)]
    public void Any_split_of_the_tokens_gives_the_same_bits(int chunk)
    {
        using var engine = NemotronEngine.Load(_folder.Path, new EngineOptions { Threads = 1, StepTokens = 512 });
        var whole = Logits(engine, [_ids.Length]);
        var split = Logits(engine, [.. Enumerable.Repeat(chunk, _ids.Length / chunk), .. Rest(chunk)]);
        AssertSameBits(whole, split);
    }

    [Fact]
    public void Step_size_and_thread_count_do_not_change_a_bit()
    {
        using var one = NemotronEngine.Load(_folder.Path, new EngineOptions { Threads = 1, StepTokens = 512 });
        var expected = Logits(one, [_ids.Length]);
        foreach (var (threads, step) in new[] { (2, 512), (3, 37), (5, 1), (8, 512), (16, 129) })
        {
            using var engine = NemotronEngine.Load(_folder.Path, new EngineOptions { Threads = threads, StepTokens = step });
            AssertSameBits(expected, Logits(engine, [_ids.Length]));
        }
    }

    [Fact]
    public void A_copied_state_continues_with_the_same_bits_and_leaves_the_original_alone()
    {
        using var engine = NemotronEngine.Load(_folder.Path, new EngineOptions { Threads = 1 });
        var expected = new float[101];
        using var unbroken = engine.NewSequence();
        engine.Forward(unbroken, _ids, expected);

        using var original = engine.NewSequence();
        var logits = new float[101];
        engine.Forward(original, _ids.AsSpan(0, 150), logits);
        using var copy = original.Clone();
        engine.Forward(copy, [1, 2, 3, 4, 5], logits);
        engine.Forward(original, _ids.AsSpan(150), logits);
        Assert.Equal(expected, logits);
        Assert.Equal(155, copy.Position);
    }

    [Fact]
    public void Options_that_are_none_are_named()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => NemotronEngine.Load(_folder.Path, new EngineOptions { Threads = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => NemotronEngine.Load(_folder.Path, new EngineOptions { StepTokens = 0 }));
        var message = Assert.Throws<ArgumentOutOfRangeException>(() => NemotronEngine.Load(_folder.Path, new EngineOptions { Activations = (ActivationPrecision)7 })).Message;
        Assert.Contains("7", message);
        Assert.Contains("Int16, Int8, Float32", message);
        Assert.Contains("BFloat16, Float32, Float8", Assert.Throws<ArgumentOutOfRangeException>(() => NemotronEngine.Load(_folder.Path, new EngineOptions { KeyValues = (KeyValuePrecision)7 })).Message);
        Assert.Equal((KeyValuePrecision.BFloat16, KeyValuePrecision.Float32), (new EngineOptions().KeyValues, EngineOptions.Float32.KeyValues));
    }

    [Fact]
    public void A_state_holds_the_memory_that_inspect_promises()
    {
        using var engine = NemotronEngine.Load(_folder.Path, new EngineOptions { Threads = 1 });
        using var state = engine.NewSequence();
        var footprint = engine.Config.Footprint;
        Assert.Equal(footprint.HeldStateBytesPerSequence, state.Bytes);
        engine.Forward(state, _ids.AsSpan(0, 256), new float[101]);
        Assert.Equal(footprint.HeldStateBytesPerSequence + 256 * footprint.HeldKeyValueBytesPerToken(KeyValuePrecision.BFloat16), state.Bytes);
    }

    [Fact]
    public void Chunked_and_recurrent_scans_agree_within_rounding()
    {
        using var recurrent = NemotronEngine.Load(_folder.Path, new EngineOptions { Threads = 1 });
        using var chunked = NemotronEngine.Load(_folder.Path, new EngineOptions { Threads = 1, Scan = ScanForm.Chunked });
        var expected = Logits(recurrent, [_ids.Length]);
        var scale = expected.SelectMany(r => r).Max(MathF.Abs);
        foreach (var row in Logits(chunked, [100, 1, 99, 100]).Zip(expected))
            for (var v = 0; v < row.First.Length; v++) Assert.Equal(row.Second[v], row.First[v], 1e-4f * scale);
    }

    [Theory]
    [InlineData(TensorType.F16)]
    [InlineData(TensorType.BF16)]
    public void Narrow_weights_load_and_stay_near_the_wide_ones(TensorType type)
    {
        using var folder = new TempFolder();
        TinyModels.Write(folder.Path, TinyModels.Config("M*-", mtp: false), seed: 3, type);
        using var wideFolder = new TempFolder();
        TinyModels.Write(wideFolder.Path, TinyModels.Config("M*-", mtp: false), seed: 3);
        using var narrow = NemotronEngine.Load(folder.Path);
        using var wide = NemotronEngine.Load(wideFolder.Path);
        var bound = type == TensorType.F16 ? 0.02f : 0.15f;
        var (a, b) = (Logits(narrow, [_ids.Length]), Logits(wide, [_ids.Length]));
        var difference = a.Zip(b).Max(rows => rows.First.Zip(rows.Second).Max(p => MathF.Abs(p.First - p.Second)));
        Assert.InRange(difference, 1e-6f, bound * b.SelectMany(r => r).Max(MathF.Abs));
    }

    private float[][] Logits(NemotronEngine engine, int[] chunks)
    {
        using SequenceState state = engine.NewSequence();
        var rows = new List<float[]>();
        var at = 0;
        foreach (var chunk in chunks)
        {
            engine.ForwardAll(state, _ids.AsSpan(at, chunk), (_, logits) => rows.Add(logits.ToArray()));
            at += chunk;
        }

        Assert.Equal(_ids.Length, rows.Count);
        Assert.All(rows, row => Assert.All(row, value => Assert.True(float.IsFinite(value))));
        return [.. rows];
    }

    private int[] Rest(int chunk) => _ids.Length % chunk == 0 ? [] : [_ids.Length % chunk];

    private static void AssertSameBits(float[][] expected, float[][] actual)
    {
        for (var t = 0; t < expected.Length; t++) Assert.Equal(expected[t].Select(BitConverter.SingleToInt32Bits), actual[t].Select(BitConverter.SingleToInt32Bits));
    }
}
