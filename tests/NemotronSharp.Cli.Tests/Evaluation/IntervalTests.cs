using CsCheck;
using NemotronSharp.Cli.Evaluation;

namespace NemotronSharp.Cli.Tests.Evaluation;

public class IntervalTests
{
    // Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Shares_have_the_published_wilson_intervals(int right, int total, double low, double high)
    {
        var score = new Score();
        for (var i = 0; i < total; i++) score.Add(i < right);
        Assert.Equal(low, score.Interval().Low, 1e-4);
        Assert.Equal(high, score.Interval().High, 1e-4);
    }

    [Fact]
    public void A_ratio_of_equal_texts_has_the_interval_of_a_mean() =>
        Gen.Double[0, 10].Array[2, 30].Sample(parts =>
        {
            var ratio = RatioEstimate.Of(parts.Select(p => (p, 4.0)));
            double mean = parts.Average() / 4, deviation = Math.Sqrt(parts.Sum(p => Math.Pow(p / 4 - mean, 2)) / (parts.Length - 1));
            Assert.Equal(mean, ratio.Value, 1e-9);
            Assert.Equal(mean + 1.959964 * deviation / Math.Sqrt(parts.Length), ratio.Interval().High, 1e-9);
            Assert.Equal(2 * mean, ratio.Interval().Low + ratio.Interval().High, 1e-9);
        });

    [Fact]
    public void One_text_has_no_interval() => Assert.True(double.IsNaN(RatioEstimate.Of([(1, 2)]).Interval().Low));
}
