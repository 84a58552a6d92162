using NemotronSharp.Generation;

namespace NemotronSharp.Tests.Generation;

/// <summary>The rule against simulated texts and machines: it comes to the length that is best, rests there, and pays little to find out.</summary>
public sealed class DraftLengthTests
{
    /// <summary>Shares of right drafts by place, seconds of a step by drafts, and the best length: the largest (1 + a₁ + a₁a₂ + …) / seconds.</summary>
    public static TheoryData<double[], double[], int> Cases { get; } = new()
    {
        { [0.95, 0.9, 0.9], [1, 1.1, 1.2, 1.3], 3 },      // dense weights from memory: drafts are nearly free
        { [0.95, 0.6, 0.3], [1, 1.3, 1.6, 1.9], 2 },      // 1, 1.50, 1.58, 1.42 tokens a second
        { [0.85, 0.8, 0.7], [1, 1.55, 2.1, 2.65], 1 },    // 1, 1.19, 1.20, 1.13: the second gains less than the margin
        { [0.95, 0.95, 0.9], [1, 2.2, 3.3, 4.4], 0 },     // computing bound: right, and still too dear
        { [0.0, 0.0, 0.0], [1, 1.3, 1.6, 1.9], 0 },       // never right
        { [0.99, 0.0, 0.0], [1, 1.2, 1.4, 1.6], 1 },
        { [0.9, 0.9, 0.0], [1, 1.1, 1.2, 1.3], 2 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_comes_to_the_best_length_and_rests(double[] right, double[] seconds, int best)
    {
        var random = new Random(81);
        var length = new DraftLength(3);
        Run(length, right, seconds, steps: 1500, random);
        var (rate, changes, at) = Run(length, right, seconds, steps: 2000, random);
        var ideal = Rate(right, seconds, best);
        Assert.Equal(best, at);
        Assert.InRange(changes, 0, 4);
        // Trials cost at most 3 %.
        Assert.InRange(rate, 0.97 * ideal, double.PositiveInfinity);
        Assert.InRange(rate, 0.97 * Rate(right, seconds, 0), double.PositiveInfinity);
    }

    [Fact]
    public void The_first_steps_cost_little_where_drafts_never_hit()
    {
        var (rate, _, _) = Run(new DraftLength(3), [0, 0, 0], [1, 1.4, 1.8, 2.2], steps: 100, new Random(82));
        Assert.InRange(rate, 0.88, 1);
    }

    [Fact]
    public void It_follows_a_text_that_changes()
    {
        var (length, random) = (new DraftLength(3), new Random(83));
        double[] seconds = [1, 1.2, 1.4, 1.6];
        foreach (var (right, least, most) in new[] { (0.0, 0, 0), (0.97, 3, 3), (0.0, 0, 0), (0.97, 3, 3) })
        {
            Run(length, [right, right, right], seconds, steps: 1200, random);
            Assert.InRange(length.Length, least, most);
        }
    }

    // A machine whose speed wanders: only times taken one after the other are compared.
    [Fact]
    public void A_machine_that_slows_down_and_recovers_does_not_mislead_it()
    {
        var (length, random, speed) = (new DraftLength(3), new Random(84), 1.0);
        int changes = 0, before = 0;
        for (var step = 0; step < 5000; step++)
        {
            speed *= Math.Exp(0.05 * (random.NextDouble() - 0.5));
            One(length, [0.9, 0.9, 0.9], [1, 1.15, 1.3, 1.45], random, speed * (1 + 0.1 * random.NextDouble()));
            if (step == 1000) before = length.Length;
            if (step > 1000 && length.Length != before) (changes, before) = (changes + 1, length.Length);
        }

        Assert.Equal(3, length.Length);
        Assert.InRange(changes, 0, 4);
    }

    [Fact]
    public void What_was_learnt_is_kept_for_the_next_text()
    {
        var (length, random) = (new DraftLength(3), new Random(85));
        Run(length, [0.95, 0.95, 0.95], [1, 1.1, 1.2, 1.3], steps: 500, random);
        Assert.Equal(3, new DraftLength(3, length).Length);
        Assert.Equal(2, new DraftLength(2, length).Length);
        Assert.Equal(0, new DraftLength(0, length).Next());
    }

    [Fact]
    public void Drafts_stay_within_their_bounds()
    {
        var random = new Random(86);
        for (var most = 0; most <= GenerationOptions.DraftLimit; most++)
        {
            var length = new DraftLength(most);
            for (var step = 0; step < 500; step++)
            {
                var drafts = length.Next();
                Assert.InRange(drafts, 0, most);
                Assert.InRange(drafts, length.Length - 1, length.Length + 1);
                length.Timed(drafts, random.NextDouble());
                for (var place = 0; place < drafts && random.NextDouble() < 0.8; place++) length.Checked(place, random.NextDouble() < 0.8);
            }
        }
    }

    private static double Rate(double[] right, double[] seconds, int drafts)
    {
        double tokens = 1, reached = 1;
        for (var i = 0; i < drafts; i++) tokens += reached *= right[i];
        return tokens / seconds[drafts];
    }

    private static (double Rate, int Changes, int Length) Run(DraftLength length, double[] right, double[] seconds, int steps, Random random)
    {
        double tokens = 0, time = 0;
        var changes = 0;
        for (var step = 0; step < steps; step++)
        {
            var before = length.Length;
            var (accepted, took) = One(length, right, seconds, random, 1);
            tokens += 1 + accepted;
            time += took;
            if (length.Length != before) changes++;
        }
        return (tokens / time, changes, length.Length);
    }

    private static (int Accepted, double Seconds) One(DraftLength length, double[] right, double[] seconds, Random random, double slow)
    {
        var drafts = length.Next();
        length.Timed(drafts, slow * seconds[drafts]);
        for (var place = 0; place < drafts; place++)
        {
            var hit = random.NextDouble() < right[place];
            length.Checked(place, hit);
            if (!hit) return (place, seconds[drafts]);
        }
        return (drafts, seconds[drafts]);
    }
}
