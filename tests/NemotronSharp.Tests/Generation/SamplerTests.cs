using NemotronSharp.Generation;

namespace NemotronSharp.Tests.Generation;

public sealed class SamplerTests
{
    private static readonly float[] Logits = [1f, 3f, 2f, -1f, 3f];

    [Fact]
    public void Temperature_zero_takes_the_best_and_the_lower_id_on_ties() =>
        Assert.Equal(1, new Sampler(SamplingOptions.Greedy).Sample([.. Logits], 0));

    [Fact]
    public void Same_seed_and_position_draw_the_same_token_whatever_was_drawn_before()
    {
        var options = new SamplingOptions { Seed = 42 };
        var first = Enumerable.Range(0, 200).Select(position => new Sampler(options).Sample([.. Logits], position)).ToArray();
        var sampler = new Sampler(options);
        Assert.Equal(first.Reverse(), Enumerable.Range(0, 200).Reverse().Select(position => sampler.Sample([.. Logits], position)));
        Assert.NotEqual(first, Enumerable.Range(0, 200).Select(position => new Sampler(options with { Seed = 43 }).Sample([.. Logits], position)));
    }

    [Theory]
    [InlineData(1f)]
    [InlineData(0.5f)]
    [InlineData(2f)]
    public void Draws_follow_the_softmax(float temperature)
    {
        const int Draws = 40_000;
        var sampler = new Sampler(new SamplingOptions { Temperature = temperature, Seed = 7 });
        var counts = new double[Logits.Length];
        for (var position = 0; position < Draws; position++) counts[sampler.Sample([.. Logits], position)]++;
        var weights = Logits.Select(l => Math.Exp(l / temperature)).ToArray();
        for (var id = 0; id < Logits.Length; id++)
        {
            var p = weights[id] / weights.Sum();
            // Five standard deviations of a binomial share.
            Assert.Equal(p, counts[id] / Draws, 5 * Math.Sqrt(p * (1 - p) / Draws) + 1e-9);
        }
    }

    [Fact]
    public void Top_k_keeps_that_many() => Assert.Equal([1, 4], Drawn(new SamplingOptions { TopK = 2, Seed = 1 }));

    // Probabilities: 0.38, 0.38, 0.14, 0.05, ...: the two best reach 0.7, the third is needed for 0.8.
    [Theory]
    [InlineData(0.7f, new[] { 1, 4 })]
    [InlineData(0.8f, new[] { 1, 2, 4 })]
    [InlineData(0.01f, new[] { 1 })]
    public void Top_p_keeps_the_smallest_set_that_reaches_it(float topP, int[] kept) => Assert.Equal(kept, Drawn(new SamplingOptions { TopP = topP, Seed = 1 }));

    [Fact]
    public void Min_p_compares_with_the_best() => Assert.Equal([1, 2, 4], Drawn(new SamplingOptions { MinP = 0.3f, Seed = 1 }));

    [Fact]
    public void Penalties_count_what_was_generated_and_repetition_also_the_prompt()
    {
        var frequency = new Sampler(SamplingOptions.Greedy with { FrequencyPenalty = 0.6f });
        frequency.Accept(1);
        frequency.Accept(4);
        frequency.Accept(4);
        Assert.Equal(1, frequency.Sample([.. Logits], 0)); // 2.4 against 2 and 1.8
        var presence = new Sampler(SamplingOptions.Greedy with { PresencePenalty = 1.5f });
        presence.Accept(1);
        presence.Accept(4);
        presence.Accept(4);
        Assert.Equal(2, presence.Sample([.. Logits], 0)); // 1.5 and 1.5 against 2
        var repetition = new Sampler(SamplingOptions.Greedy with { RepetitionPenalty = 2f });
        repetition.AcceptPrompt([1, 3]);
        float[] logits = [.. Logits];
        Assert.Equal(4, repetition.Sample(logits, 0));
        Assert.Equal((1.5f, -2f), (logits[1], logits[3]));
    }

    [Fact]
    public void Broken_logits_are_an_error_and_not_a_token() =>
        Assert.Throws<InvalidOperationException>(() => new Sampler(SamplingOptions.Greedy).Sample([float.NaN, float.NaN], 3));

    [Theory]
    [InlineData(-1f, 1f, 0f)]
    [InlineData(1f, 0f, 0f)]
    [InlineData(1f, 1.5f, 0f)]
    [InlineData(1f, 1f, 2f)]
    [InlineData(float.NaN, 1f, 0f)]
    public void Options_out_of_range_are_refused(float temperature, float topP, float minP) =>
        Assert.Throws<ArgumentException>(() => new Sampler(new SamplingOptions { Temperature = temperature, TopP = topP, MinP = minP }));

    private static IEnumerable<int> Drawn(SamplingOptions options)
    {
        var sampler = new Sampler(options);
        return Enumerable.Range(0, 2000).Select(position => sampler.Sample([.. Logits], position)).Distinct().Order();
    }
}
