using CsCheck;
using NemotronSharp.Training.Pretraining;

namespace NemotronSharp.Training.Tests.Pretraining;

public class ScheduleAndSamplerTests
{
    [Fact]
    public void Rate_rises_stays_and_falls_by_a_square_root()
    {
        var rate = new LearningRate(Peak: 1e-3, Minimum: 1e-5, WarmupSteps: 10, DecaySteps: 100, Steps: 1000);
        Assert.Equal(1e-4, rate.At(0), 1e-12);
        Assert.Equal(1e-3, rate.At(9), 1e-12);
        Assert.Equal(1e-3, rate.At(899), 1e-12);
        Assert.Equal(1e-5 + 9.9e-4 * 0.5, rate.At(924), 1e-12); // a quarter of the fall: 1 − sqrt(1/4)
        Assert.Equal(1e-5, rate.At(999), 1e-12);
    }

    [Fact]
    public void Every_row_of_a_dataset_comes_once_per_epoch() =>
        Gen.Select(Gen.Int[1, 700], Gen.ULong).Sample((rows, seed) =>
        {
            var sampler = new RowSampler([1.0], [rows], seed);
            for (var epoch = 0; epoch < 2; epoch++)
            {
                var seen = Enumerable.Range(epoch * rows, rows).Select(i => sampler.At(i).Row).ToHashSet();
                if (seen.Count != rows || seen.Min() != 0 || seen.Max() != rows - 1) return false;
            }
            return true;
        }, iter: 100);

    [Fact]
    public void Datasets_come_in_the_blends_proportions()
    {
        var sampler = new RowSampler([3, 1], [50, 1000], seed: 4);
        var first = Enumerable.Range(0, 4000).Count(i => sampler.At(i).Dataset == 0);
        Assert.Equal(3000, first);
        var early = Enumerable.Range(0, 100).Count(i => sampler.At(i).Dataset == 0);
        Assert.InRange(early, 55, 95); // mixed from the start, not one after the other
    }

    [Fact]
    public void Epochs_and_seeds_have_orders_of_their_own()
    {
        int[] Order(ulong seed, int from) => [.. Enumerable.Range(from, 100).Select(i => new RowSampler([1.0], [100], seed).At(i).Row)];
        Assert.NotEqual(Order(1, 0), Order(1, 100));
        Assert.NotEqual(Order(1, 0), Order(2, 0));
        Assert.Equal(Order(1, 0), Order(1, 0));
    }
}
