using NemotronSharp.Generation;
using NemotronSharp.State;

namespace NemotronSharp.Tests.Generation;

/// <summary>Drafting ahead changes the speed and not one token, nor one bit of the state that remains.</summary>
public sealed class SpeculationTests : IDisposable
{
    private const int Vocabulary = 101;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Shares of right drafts from nearly all to hardly any; the last model's head is as random as the rest.</summary>
    public static TheoryData<string, float> Models { get; } = new()
    {
        { "ME*-MEM*E", 0.1f }, { "ME*-MEM*E", 0.5f }, { "MM", 0.5f }, { "*-", 0.6f }, { "ME*-MEM*E", 1f },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Greedy_text_is_that_of_plain_decoding(string pattern, float mixers)
    {
        TinyModels.WriteAgreeing(_folder.Path, TinyModels.Config(pattern), seed: 61, mixers);
        using var engine = NemotronEngine.Load(_folder.Path, new EngineOptions { Threads = 1 });
        var random = new Random(62);
        var all = default(SpeculationStatistics);
        for (var p = 0; p < 60; p++)
        {
            int[] prompt = [.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => random.Next(Vocabulary))];
            var options = new GenerationOptions { MaxTokens = random.Next(1, 60), Sampling = SamplingOptions.Greedy };
            var expected = Plain(engine, prompt, options);
            for (var drafts = 1; drafts <= GenerationOptions.DraftLimit; drafts += 1 + p % 3)
            {
                AssertSame(engine, prompt, expected, options with { MostDrafts = drafts, AdaptDrafts = false }, ref all);
                AssertSame(engine, prompt, expected, options with { MostDrafts = drafts }, ref all);
            }
        }

        Assert.InRange(all.Accepted, mixers <= 0.1f ? all.Steps / 4 : 1, all.Drafted - 1);
    }

    public static TheoryData<string, SamplingOptions> Samplings { get; } = new()
    {
        { "temperature 1", new() },
        { "temperature 0.7, top-p", new() { Temperature = 0.7f, TopP = 0.9f } },
        { "top-k, min-p", new() { Temperature = 1.5f, TopK = 20, MinP = 0.02f } },
        { "repetition", new() { Temperature = 0.8f, RepetitionPenalty = 1.3f } },
        { "frequency, presence", new() { FrequencyPenalty = 0.5f, PresencePenalty = 0.7f } },
        { "greedy with penalties", SamplingOptions.Greedy with { FrequencyPenalty = 0.9f, RepetitionPenalty = 1.2f } },
    };

    [Theory]
    [MemberData(nameof(Samplings))]
    public void Sampled_text_is_that_of_plain_decoding_with_the_same_seed(string name, SamplingOptions sampling)
    {
        TinyModels.WriteAgreeing(_folder.Path, TinyModels.Config(), seed: 63, mixers: 0.3f, certainty: 4);
        using var engine = NemotronEngine.Load(_folder.Path, new EngineOptions { Threads = 1 });
        var random = new Random(64);
        var (all, texts) = (default(SpeculationStatistics), new HashSet<string>());
        for (var seed = 0UL; seed < 60; seed++)
        {
            int[] prompt = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(Vocabulary))];
            // Any third id ends the text: often in the midst of drafts.
            var options = new GenerationOptions { MaxTokens = 40, StopIds = seed % 3 == 0 ? [3, 30, 60, 90] : [], Sampling = sampling with { Seed = seed } };
            var expected = Plain(engine, prompt, options);
            texts.Add(string.Join(' ', expected.Ids));
            AssertSame(engine, prompt, expected, options with { MostDrafts = 1 + (int)(seed % 8), AdaptDrafts = seed % 2 == 0 }, ref all);
        }

        Assert.True(texts.Count > 50, name);
        Assert.InRange(all.Accepted, all.Steps / 20, all.Drafted - 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Small_steps_bound_the_drafts(int stepTokens)
    {
        TinyModels.WriteAgreeing(_folder.Path, TinyModels.Config(), seed: 65, mixers: 0.2f);
        using var engine = NemotronEngine.Load(_folder.Path, new EngineOptions { Threads = 2, StepTokens = stepTokens });
        var (all, options) = (default(SpeculationStatistics), new GenerationOptions { MaxTokens = 50, Sampling = SamplingOptions.Greedy });
        AssertSame(engine, [1, 2, 3, 4, 5, 6, 7, 8, 9], Plain(engine, [1, 2, 3, 4, 5, 6, 7, 8, 9], options), options with { MostDrafts = 4, AdaptDrafts = false }, ref all);
        Assert.InRange(all.Drafted, 0, all.Steps * Math.Min(4, stepTokens - 1));
        Assert.Equal(stepTokens > 1, all.Accepted > 0);
    }

    [Fact]
    public void At_every_yield_the_state_has_seen_all_yielded_tokens_but_the_last()
    {
        TinyModels.WriteAgreeing(_folder.Path, TinyModels.Config(), seed: 66, mixers: 0.3f);
        using var engine = NemotronEngine.Load(_folder.Path, new EngineOptions { Threads = 1 });
        int[] prompt = [5, 6, 7];
        var options = new GenerationOptions { MaxTokens = 40, Sampling = new() { Seed = 1, Temperature = 0.5f }, MostDrafts = 4, AdaptDrafts = false };
        using var state = engine.NewSequence();
        var tokens = engine.Generate(state, prompt, options, TestContext.Current.CancellationToken);
        var ids = new List<int>(prompt);
        foreach (var id in tokens)
        {
            Assert.Equal(ids.Count, state.Position);
            ids.Add(id);
            // A copy made now goes on from here, in whatever direction.
            using var copy = state.Clone();
            AssertBits(Behind(engine, [.. ids, 9, 8, 7]), Moved(engine, copy, [id, 9, 8, 7]));
        }

        Assert.True(tokens.Speculation.Accepted > 3);
        Assert.Equal(40 - 1, tokens.Speculation.Steps + tokens.Speculation.Accepted);
    }

    [Fact]
    public void Who_leaves_early_finds_the_state_where_it_belongs()
    {
        TinyModels.WriteAgreeing(_folder.Path, TinyModels.Config(), seed: 67, mixers: 0.1f);
        using var engine = NemotronEngine.Load(_folder.Path, new EngineOptions { Threads = 1 });
        for (var leave = 1; leave < 12; leave++)
        {
            using var state = engine.NewSequence();
            int[] ids = [4, 2, .. engine.Generate(state, [4, 2], new() { Sampling = SamplingOptions.Greedy, MostDrafts = 5, AdaptDrafts = false }, TestContext.Current.CancellationToken).Take(leave)];
            Assert.Equal(ids.Length - 1, state.Position);
            AssertBits(Behind(engine, [.. ids, 1]), Moved(engine, state, [ids[^1], 1]));
        }
    }

    [Fact]
    public void A_conversation_over_several_turns_is_that_of_plain_decoding()
    {
        TinyModels.WriteAgreeing(_folder.Path, TinyModels.Config(), seed: 68, mixers: 0.3f);
        using var engine = NemotronEngine.Load(_folder.Path, new EngineOptions { Threads = 1 });
        var all = default(SpeculationStatistics);
        List<int> Converse(int drafts)
        {
            using var state = engine.NewSequence();
            var ids = new List<int>();
            int[] turn = [1, 2, 3];
            for (var t = 0; t < 6; t++)
            {
                var tokens = engine.Generate(state, turn, new() { MaxTokens = 20 + t, MostDrafts = drafts, Sampling = new() { Seed = (ulong)t, Temperature = 0.5f } }, TestContext.Current.CancellationToken);
                ids.AddRange(tokens);
                all += tokens.Speculation;
                // Some turns are read without the head: it has gaps, the text has none.
                if (t % 2 == 1) engine.Forward(state, [ids[^1], 50, 51], new float[Vocabulary]);
                turn = t % 2 == 1 ? [60 + t] : [ids[^1], 60 + t];
            }
            return ids;
        }

        Assert.Equal(Converse(0), Converse(4));
        Assert.True(all.Accepted > 0);
    }

    [Fact]
    public void A_continuation_is_enumerated_once_and_bad_options_are_refused_at_once()
    {
        TinyModels.Write(_folder.Path, TinyModels.Config(), seed: 69);
        using var engine = NemotronEngine.Load(_folder.Path, new EngineOptions { Threads = 1 });
        using var state = engine.NewSequence();
        var tokens = engine.Generate(state, [1], new() { MaxTokens = 3 }, TestContext.Current.CancellationToken);
        Assert.Equal(3, tokens.Count());
        Assert.Throws<InvalidOperationException>(() => tokens.Count());
        foreach (var options in (GenerationOptions[])[new() { MostDrafts = -1 }, new() { MostDrafts = 9 }, new() { MaxTokens = 0 }, new() { Sampling = new() { TopP = 2 } }])
            Assert.ThrowsAny<ArgumentException>(() => engine.Generate(state, [1], options, TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentException>(() => engine.Generate(state, [], new(), TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentException>(() => engine.Generate(state, [101], new(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Without_a_head_nothing_is_drafted()
    {
        TinyModels.Write(_folder.Path, TinyModels.Config(mtp: false), seed: 70);
        using var engine = NemotronEngine.Load(_folder.Path, new EngineOptions { Threads = 1 });
        using var state = engine.NewSequence();
        var tokens = engine.Generate(state, [1, 2], new() { MaxTokens = 10 }, TestContext.Current.CancellationToken);
        Assert.Equal(10, tokens.Count());
        Assert.Equal(new SpeculationStatistics(9, 0, 0), tokens.Speculation);
    }

    // Identity with plain decoding makes the distribution right; this looks at it from outside: pairs of tokens against the product of their exact softmax probabilities.
    [Fact]
    public void Drawn_pairs_follow_the_model_s_probabilities()
    {
        const int Vocab = 16, Draws = 6000;
        TinyModels.WriteAgreeing(_folder.Path, TinyModels.Config("M*E") with { VocabSize = Vocab }, seed: 71, mixers: 0.5f, certainty: 1);
        using var engine = NemotronEngine.Load(_folder.Path, new EngineOptions { Threads = 1 });
        int[] prompt = [1, 4];
        var (counts, accepted) = (new double[4, 4], 0);
        for (var seed = 0UL; seed < Draws; seed++)
        {
            using var state = engine.NewSequence();
            var tokens = engine.Generate(state, prompt, new() { MaxTokens = 4, MostDrafts = 2, AdaptDrafts = false, Sampling = new() { Seed = seed } }, TestContext.Current.CancellationToken);
            int[] ids = [.. tokens];
            accepted += tokens.Speculation.Accepted;
            counts[ids[1] % 4, ids[2] % 4]++;
        }

        // The second and third tokens are the first that drafts stand for; their chances are summed over all first ones, and in sixteen groups.
        var expected = new double[4, 4];
        Each(prompt, (a, pa) => Each([.. prompt, a], (b, pb) => Each([.. prompt, a, b], (c, pc) => expected[b % 4, c % 4] += pa * pb * pc)));
        var square = 0.0;
        for (var b = 0; b < 4; b++)
            for (var c = 0; c < 4; c++) square += Math.Pow(counts[b, c] - Draws * expected[b, c], 2) / (Draws * expected[b, c]);
        // χ² with 15 degrees of freedom: above 44 once in 10,000.
        Assert.InRange(square, 0, 44);
        Assert.True(accepted > Draws / 10, $"found {accepted} accepted drafts");

        void Each(int[] ids, Action<int, double> visit)
        {
            using var state = engine.NewSequence();
            var logits = new float[Vocab];
            engine.Forward(state, ids, logits);
            var total = logits.Sum(l => Math.Exp(l));
            for (var id = 0; id < Vocab; id++) visit(id, Math.Exp(logits[id]) / total);
        }
    }

    private static (int[] Ids, float[] After) Plain(NemotronEngine engine, int[] prompt, GenerationOptions options)
    {
        using var state = engine.NewSequence();
        int[] ids = [.. engine.Generate(state, prompt, options with { MostDrafts = 0 }, TestContext.Current.CancellationToken)];
        Assert.Equal(prompt.Length + ids.Length - 1, state.Position);
        return (ids, Moved(engine, state, [ids[^1], 11, 12]));
    }

    private static void AssertSame(NemotronEngine engine, int[] prompt, (int[] Ids, float[] After) expected, GenerationOptions options, ref SpeculationStatistics all)
    {
        using var state = engine.NewSequence();
        var tokens = engine.Generate(state, prompt, options, TestContext.Current.CancellationToken);
        int[] ids = [.. tokens];
        Assert.Equal(expected.Ids, ids);
        Assert.Equal(prompt.Length + ids.Length - 1, state.Position);
        AssertBits(expected.After, Moved(engine, state, [ids[^1], 11, 12]));
        all += tokens.Speculation;
    }

    private static float[] Behind(NemotronEngine engine, int[] ids)
    {
        using var state = engine.NewSequence();
        return Moved(engine, state, ids);
    }

    private static float[] Moved(NemotronEngine engine, SequenceState state, int[] ids)
    {
        var logits = new float[engine.Config.VocabSize];
        engine.Forward(state, ids, logits);
        return logits;
    }

    private static void AssertBits(float[] expected, float[] actual) => Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), actual.Select(BitConverter.SingleToInt32Bits));
}
