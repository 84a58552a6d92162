using NemotronSharp.Model;
using NemotronSharp.State;

namespace NemotronSharp.Tests.State;

/// <summary>A state that went back goes on with the bits of one that never went that way.</summary>
public sealed class RewindTests : IDisposable
{
    private const int Vocabulary = 101;

    private readonly TempFolder _folder = new();
    private readonly NemotronEngine _engine;
    private readonly int[] _ids;

    public RewindTests()
    {
        TinyModels.Write(_folder.Path, TinyModels.Config(), seed: 41);
        _engine = NemotronEngine.Load(_folder.Path, new EngineOptions { Threads = 2, StepTokens = 64 });
        var random = new Random(42);
        _ids = [.. Enumerable.Range(0, 200).Select(_ => random.Next(Vocabulary))];
    }

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    // Kernel 4: the window of three rows may come from the memory, from kept tokens, or from both.
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 2, 1)]
    [InlineData(5, 2, 2)]
    [InlineData(70, 9, 4)]
    [InlineData(70, 9, 9)]
    [InlineData(70, 9, 0)]
    [InlineData(63, 64, 40)]
    [InlineData(10, 150, 64)]
    public void Tokens_taken_back_leave_no_trace(int before, int step, int taken)
    {
        foreach (var keep in new[] { taken, Math.Min(step, 64) })
        {
            using var state = _engine.NewSequence();
            var logits = new float[Vocabulary];
            _engine.Forward(state, _ids.AsSpan(0, before), logits);
            _engine.Forward(state, Wrong(step - taken, before, step), logits, keep);
            AssertBits(Behind([.. _ids.Take(before), .. Wrong(step - taken, before, step)]), logits);
            Assert.Equal((before + step, keep), (state.Position, state.Kept));

            state.Rewind(taken);
            Assert.Equal((before + step - taken, keep - taken), (state.Position, state.Kept));
            int at = state.Position;
            foreach (var count in (int[])[1, 3, 70])
            {
                _engine.Forward(state, _ids.AsSpan(at, count), logits);
                at += count;
                AssertBits(Behind(_ids[..at]), logits);
            }
        }

        // The true tokens, then others.
        int[] Wrong(int right, int from, int count) => [.. _ids.Skip(from).Take(right), .. Enumerable.Range(right, count - right).Select(i => (_ids[from + i] + 50) % Vocabulary)];
    }

    [Fact]
    public void Going_back_bit_by_bit_and_step_after_step_gives_the_same_bits()
    {
        var random = new Random(43);
        using var state = _engine.NewSequence();
        var logits = new float[Vocabulary];
        var seen = new List<int>();
        for (var round = 0; round < 60; round++)
        {
            var step = _ids.AsSpan(random.Next(100), random.Next(1, 12)).ToArray();
            var keep = random.Next(0, step.Length + 1);
            _engine.Forward(state, step, logits, keep);
            seen.AddRange(step);
            var taken = random.Next(0, keep + 1);
            for (var i = 0; i < taken; i++) state.Rewind(1);
            seen.RemoveRange(seen.Count - taken, taken);
            if (taken == 0) AssertBits(Behind([.. seen]), logits);
            Assert.Equal(seen.Count, state.Position);
        }
    }

    [Fact]
    public void Every_token_s_logits_are_the_same_while_tokens_are_kept()
    {
        var expected = new List<float[]>();
        using var plain = _engine.NewSequence();
        _engine.ForwardAll(plain, _ids, (_, logits) => expected.Add(logits.ToArray()));
        using var state = _engine.NewSequence();
        var token = 0;
        // 150 tokens in steps of 64, of which the last 64 lie in one.
        _engine.ForwardAll(state, _ids.AsSpan(0, 150), (t, logits) => AssertBits(expected[token++], logits), keep: 64);
        Assert.Equal((150, 64), (token, state.Kept));
        state.Rewind(64);
        token = 86;
        _engine.ForwardAll(state, _ids.AsSpan(86), (t, logits) => AssertBits(expected[token++], logits), keep: 3);
        Assert.Equal(_ids.Length, token);
    }

    [Fact]
    public void A_copy_of_a_state_that_keeps_tokens_goes_on_alone()
    {
        using var state = _engine.NewSequence();
        var logits = new float[Vocabulary];
        _engine.Forward(state, _ids.AsSpan(0, 90), logits, keep: 6);
        state.Rewind(2);
        using var copy = state.Clone();
        state.Rewind(4);
        _engine.Forward(state, [7, 8, 9], logits, keep: 3);
        AssertBits(Behind([.. _ids.Take(84), 7, 8, 9]), logits);

        copy.Rewind(1);
        _engine.Forward(copy, _ids.AsSpan(87, 20), logits);
        AssertBits(Behind(_ids[..107]), logits);
    }

    // A prompt may be scanned in chunks, tokens that are kept never are: rewound or not, their bits are those of decoding them.
    [Fact]
    public void With_the_chunked_scan_kept_tokens_have_the_bits_of_decoding()
    {
        using var engine = NemotronEngine.Load(_folder.Path, new EngineOptions { Threads = 1, Scan = ScanForm.Chunked });
        using var one = engine.NewSequence();
        using var many = engine.NewSequence();
        var (expected, logits) = (new float[Vocabulary], new float[Vocabulary]);
        engine.Forward(one, _ids.AsSpan(0, 50), expected);
        engine.Forward(many, _ids.AsSpan(0, 50), logits);
        for (var t = 50; t < 56; t++) engine.Forward(one, _ids.AsSpan(t, 1), expected);
        engine.Forward(many, [.. _ids[50..53], 1, 2, 3], logits, keep: 5);
        many.Rewind(3);
        engine.Forward(many, _ids.AsSpan(53, 3), logits, keep: 3);
        AssertBits(expected, logits);
    }

    [Fact]
    public void More_than_is_kept_cannot_be_taken_back()
    {
        using var state = _engine.NewSequence();
        var logits = new float[Vocabulary];
        Assert.Equal("position 0: found 1 tokens to take back, expected at most the 0 that the last step was asked to keep", Assert.Throws<InvalidOperationException>(() => state.Rewind(1)).Message);
        _engine.Forward(state, _ids.AsSpan(0, 20), logits, keep: 5);
        Assert.Contains("position 20: found 6 tokens to take back, expected at most the 5", Assert.Throws<InvalidOperationException>(() => state.Rewind(6)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => state.Rewind(-1));
        state.Rewind(5);
        Assert.Throws<InvalidOperationException>(() => state.Rewind(1));
        _engine.Forward(state, [1], logits);
        Assert.Throws<InvalidOperationException>(() => state.Rewind(1));
        Assert.Equal(16, state.Position);
    }

    [Theory]
    [InlineData(10, 11)]
    [InlineData(10, -1)]
    [InlineData(100, 65)]
    public void What_cannot_be_kept_is_refused(int tokens, int keep)
    {
        using var state = _engine.NewSequence();
        var error = Assert.ThrowsAny<ArgumentException>(() => _engine.Forward(state, _ids.AsSpan(0, tokens), new float[Vocabulary], keep));
        Assert.Contains($"found {keep} of {tokens} tokens to keep, expected 0 to {Math.Min(tokens, 64)}", error.Message);
        Assert.Equal(0, state.Position);
    }

    [Fact]
    public void A_snapshot_brings_the_state_back_again_and_again()
    {
        using var state = _engine.NewSequence();
        var logits = new float[Vocabulary];
        _engine.Forward(state, _ids.AsSpan(0, 70), logits, keep: 4);
        state.Rewind(1);
        using var snapshot = state.Snapshot();
        using var later = Moved(state, 30);
        for (var round = 0; round < 3; round++)
        {
            state.Restore(snapshot);
            Assert.Equal((69, 3), (state.Position, state.Kept));
            if (round == 2) state.Rewind(3);
            _engine.Forward(state, _ids.AsSpan(state.Position, 40), logits);
            AssertBits(Behind(_ids[..state.Position]), logits);
        }

        StateSnapshot Moved(SequenceState moving, int tokens)
        {
            _engine.Forward(moving, _ids.AsSpan(moving.Position, tokens), logits);
            return moving.Snapshot();
        }
    }

    [Fact]
    public void A_snapshot_holds_as_long_as_its_keys_and_values_do()
    {
        using var state = _engine.NewSequence();
        var logits = new float[Vocabulary];
        _engine.Forward(state, _ids.AsSpan(0, 30), logits);
        using var early = state.Snapshot();
        _engine.Forward(state, _ids.AsSpan(30, 30), logits);
        using var late = state.Snapshot();

        // Back and forth without a step between: all is still there.
        state.Restore(early);
        state.Restore(late);
        _engine.Forward(state, _ids.AsSpan(60, 1), logits);
        AssertBits(Behind(_ids[..61]), logits);

        state.Restore(early);
        _engine.Forward(state, [5], logits);
        Assert.Equal((true, false), (early.IsValid, late.IsValid));
        Assert.Contains("position 60: found a snapshot that was disposed or whose keys and values were overwritten", Assert.Throws<InvalidOperationException>(() => state.Restore(late)).Message);
        Assert.Equal(31, state.Position);
        early.Dispose();
        Assert.Throws<InvalidOperationException>(() => state.Restore(early));
        using var other = _engine.NewSequence();
        using var foreign = other.Snapshot();
        Assert.Throws<ArgumentException>(() => state.Restore(foreign));
    }

    [Fact]
    public void A_state_of_another_engine_or_a_disposed_one_is_refused()
    {
        using var other = NemotronEngine.Load(_folder.Path, new EngineOptions { Threads = 1 });
        using var foreign = other.NewSequence();
        var logits = new float[Vocabulary];
        Assert.Contains("found a state of another engine", Assert.Throws<ArgumentException>(() => _engine.Forward(foreign, [1], logits)).Message);
        Assert.Throws<ArgumentException>(() => _engine.Generate(foreign, [1], new(), TestContext.Current.CancellationToken));
        var gone = _engine.NewSequence();
        gone.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _engine.Forward(gone, [1], logits));
    }

    private float[] Behind(int[] ids)
    {
        using var state = _engine.NewSequence();
        var logits = new float[Vocabulary];
        _engine.Forward(state, ids, logits);
        return logits;
    }

    private static void AssertBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual) =>
        Assert.True(System.Runtime.InteropServices.MemoryMarshal.AsBytes(expected).SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes(actual)), "found other bits");
}
