using NemotronSharp.LlamaCpp;

namespace NemotronSharp.Conformance.Tests;

/// <summary>What a race makes of its numbers and options.</summary>
public class RaceTests
{
    private static readonly Contestant Ours = new("ours", "a", false), Llama = new("llama.cpp", "a", true), Other = new("other", "b", false);

    [Fact]
    public void Ratios_are_of_pairs_and_medians_are_in_the_middle()
    {
        // What drifts drifts for both: every pair says 2 although the first's median is only 1.5 times the second's.
        double[] first = [20, 6, 60], second = [10, 3, 30];
        Assert.Equal([2.0, 2.0, 2.0], PairedRatios.Of(first, second));
        Assert.Equal([2.0], PairedRatios.Of([4], [2, 9]));
        Assert.Equal((3, 2.5, 7), (PairedRatios.Median([5, 1, 3]), PairedRatios.Median([4, 1, 3, 2]), PairedRatios.Median([7])));
        Assert.Throws<ArgumentException>(() => PairedRatios.Median([]));
    }

    [Fact]
    public void Prompts_begin_sequences_and_decoding_comes_at_every_depth()
    {
        Assert.Equal(["pp512", "pp2048", "tg64", "tg64 @ d4096"], RaceRow.Of([512, 2048, 512], 64, [4096, 0]).Select(r => r.Name));
        Assert.Equal(["tg8"], RaceRow.Of([0], 8, [0]).Select(r => r.Name));
        Assert.Empty(RaceRow.Of([0], 0, [0]));
        var plan = Plan(Ours, Llama, RaceRow.Of([512], 64, [0, 4096]));
        Assert.Equal([4096], plan.Depths);
        Assert.Equal(4096 + 64, plan.ContextTokens);
        Assert.Equal(SessionCommand.FirstPrompt, Plan(Ours, Llama, []).ContextTokens);
    }

    [Theory]
    [InlineData(10, 0, false, true, false)]
    // The file once, and what llama.cpp unpacks of it.
    [InlineData(18, 17, false, false, false)]
    [InlineData(18, 17, true, true, true)]
    [InlineData(18, 24, true, false, false)]
    public void Memory_is_looked_at_before_hours_are_spent(int file, int repacked, bool oneAtATime, bool fits, bool warns)
    {
        string? Check() => MemoryNeed.Check(Plan(Ours, Llama, []) with { OneAtATime = oneAtATime }, _ => file * 1_000_000_000L, _ => repacked * 1_000_000_000L, 25_000_000_000);
        if (fits) Assert.Equal(warns, Check() is not null);
        else Assert.Contains("found 25.0 GB", Assert.Throws<InvalidDataException>(Check).Message);
    }

    [Fact]
    public void Two_files_are_both_counted()
    {
        var plan = Plan(Ours, Other, []);
        Assert.Null(MemoryNeed.Check(plan, _ => 5_000_000_000, _ => 0, 14_000_000_000));
        Assert.Contains("--one-at-a-time", Assert.Throws<InvalidDataException>(() => MemoryNeed.Check(plan, _ => 5_000_000_000, _ => 0, 12_000_000_000)).Message);
    }

    [Fact]
    public void Shares_stand_against_what_was_measured_beside_each_run()
    {
        var cost = new TokenCost(900, 100, 10, [new ProductCost(new ProductRoute(ArithmeticUnit.Int8, 2), 0, 1000)]);
        var decode = new RowResult(new RaceRow(false, 20, 40), [10, 5, 8], [1, 1, 1], [Machine(20000, 1), Machine(10000, 1), Machine(11000, 1)]);
        // 1500 bytes a token: 0.75, 0.75 and 1.09.
        Assert.Equal(0.75, RaceReport.ShareOfRead(decode, cost)!.Value, 1e-9);
        Assert.Null(RaceReport.ShareOfPeak(decode, cost, passes: true));
        // 1000 useful operations a token: 0.25, 0.2 and 0.3.
        var prompt = new RowResult(new RaceRow(true, 20, 0), [10, 5, 8], [1, 1, 1], [Machine(1, 40000), Machine(1, 25000), Machine(1, 80000 / 3.0)]);
        Assert.Equal((0.25, 0.5), (RaceReport.ShareOfPeak(prompt, cost, passes: false), RaceReport.ShareOfPeak(prompt, cost, passes: true)));
        Assert.Null(RaceReport.ShareOfRead(prompt, cost));

        static MachineLimits Machine(double read, double int8) => new(1, read, 100, 200, int8);
    }

    private static RacePlan Plan(Contestant first, Contestant second, IReadOnlyList<RaceRow> rows) => new(first, second, rows, 3, 1, 2, ActivationPrecision.Int16, false);
}
