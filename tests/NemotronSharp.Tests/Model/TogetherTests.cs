namespace NemotronSharp.Tests.Model;

/// <summary>Sequences that step together have the bits of sequences that step alone.</summary>
public sealed class TogetherTests : IDisposable
{
    private const int Vocabulary = 101;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("M", 512, 1)]
    [InlineData("E", 512, 2)]
    [InlineData("*", 512, 2)]
    [InlineData("-", 512, 1)]
    [InlineData("ME*-MEM*E", 512, 1)]
    [InlineData("ME*-MEM*E", 512, 3)]
    [InlineData("ME*-MEM*E", 16, 2)]
    [InlineData("ME*-MEM*E", 4, 1)]
    public void Mixed_lengths_and_any_step_size_give_the_same_bits(string pattern, int stepTokens, int threads)
    {
        TinyModels.Write(_folder.Path, TinyModels.Config(pattern), seed: 51);
        AssertSame(_folder.Path, new EngineOptions { Threads = threads, StepTokens = stepTokens }, sequences: 7, rounds: 6);
    }

    [Theory]
    [InlineData("NVFP4")]
    [InlineData("Q8_0")]
    [InlineData("ModelOpt mixed")]
    public void Every_kind_of_weights_gives_the_same_bits(string format) =>
        AssertSame(FormatModels.Write(_folder, format), new EngineOptions { Threads = 2, StepTokens = 64 }, sequences: 20, rounds: 3);

    [Fact]
    public void What_is_not_valid_is_refused_and_no_state_moves()
    {
        TinyModels.Write(_folder.Path, TinyModels.Config(), seed: 51);
        using var engine = NemotronEngine.Load(_folder.Path, new EngineOptions { Threads = 1 });
        using var other = NemotronEngine.Load(_folder.Path, new EngineOptions { Threads = 1 });
        using var a = engine.NewSequence();
        using var b = engine.NewSequence();
        using var foreign = other.NewSequence();
        var gone = engine.NewSequence();
        gone.Dispose();
        var good = new SequenceInput(a, new[] { 1, 2 }, new float[Vocabulary]);
        foreach (var (bad, says) in new (SequenceInput, string)[]
        {
            (new(a, new[] { 3 }, new float[Vocabulary]), "input 1: found the state of an input before it, expected each state once"),
            (new(b, Array.Empty<int>(), new float[Vocabulary]), "input 1: found no token ids"),
            (new(b, new[] { 1, 101 }, new float[Vocabulary]), "input 1: token 1: found id 101, expected 0 to 100"),
            (new(b, new[] { -1 }, new float[Vocabulary]), "input 1: token 0: found id -1"),
            (new(b, new[] { 1 }, new float[7]), "input 1: found room for 7 logits, expected 101 or none"),
            (new(foreign, new[] { 1 }, new float[Vocabulary]), "found a state of another engine"),
        })
        {
            Assert.Contains(says, Assert.ThrowsAny<ArgumentException>(() => engine.Forward([good, bad])).Message);
            Assert.Equal((0, 0), (a.Position, b.Position));
        }
        Assert.Throws<ObjectDisposedException>(() => engine.Forward([good, good with { State = gone }]));
        engine.Forward([]);
        engine.Forward([good, good with { State = b }]);
        Assert.Equal((2, 2), (a.Position, b.Position));
    }

    private static void AssertSame(string path, EngineOptions options, int sequences, int rounds)
    {
        using var engine = NemotronEngine.Load(path, options);
        using var alone = NemotronEngine.Load(path, options with { Threads = 1, StepTokens = 512 });
        var random = new Random(52);
        var together = Enumerable.Range(0, sequences).Select(_ => engine.NewSequence()).ToArray();
        var single = Enumerable.Range(0, sequences).Select(_ => alone.NewSequence()).ToArray();
        var expected = new float[Vocabulary];
        for (var round = 0; round < rounds; round++)
        {
            // Most decode one token; one reads a prompt, one asks for no logits, one stays away, one has tokens that were taken back.
            var inputs = new List<(int Sequence, SequenceInput Input)>();
            for (var s = 0; s < sequences; s++)
            {
                if (s == (round + 3) % sequences) continue;
                int[] ids = [.. Enumerable.Range(0, s == round % sequences ? random.Next(20, 80) : random.Next(1, 3)).Select(_ => random.Next(Vocabulary))];
                if (s == (round + 1) % sequences)
                {
                    engine.Forward(together[s], [1, 2, 3, 4], expected, keep: 3);
                    together[s].Rewind(2);
                    alone.Forward(single[s], [1, 2], expected);
                }
                inputs.Add((s, new SequenceInput(together[s], ids, s == (round + 2) % sequences ? default : new float[Vocabulary])));
            }

            engine.Forward([.. inputs.Select(i => i.Input)]);
            foreach (var (s, input) in inputs)
            {
                alone.Forward(single[s], input.Ids.Span, expected);
                Assert.Equal(single[s].Position, together[s].Position);
                if (!input.Logits.IsEmpty) Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), input.Logits.ToArray().Select(BitConverter.SingleToInt32Bits));
            }
        }

        foreach (var state in together.Concat(single)) state.Dispose();
    }
}
