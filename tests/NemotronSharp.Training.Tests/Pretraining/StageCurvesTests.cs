using System.Globalization;
using System.Xml.Linq;
using NemotronSharp.Training.Pretraining;
using NemotronSharp.Training.Pretraining.Curves;

namespace NemotronSharp.Training.Tests.Pretraining;

public class StageCurvesTests
{
    [Fact]
    public void Every_quantity_is_drawn_and_labelled()
    {
        var svg = Draw([.. Enumerable.Range(1, 300).Select(s => Report(s) with { ValidationLoss = s % 100 == 0 ? 1 : null })], [0, 120]);
        Assert.Equal(4 + 1 + 2 + 3, Lines(svg).Count); // losses; rate; balance of two layers; norms of three
        Assert.Equal(3, svg.Descendants().Count(e => e.Name.LocalName == "circle"));
        var texts = svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value).ToList();
        Assert.Contains("a <title> & more", texts);
        foreach (var title in new[] { "cross entropy", "learning rate", "busiest expert", "residual stream", "held out 1.000", "MTP" }) Assert.Contains(texts, t => t.StartsWith(title, StringComparison.Ordinal));
        Assert.Equal(4, svg.Descendants().Count(e => (string?)e.Attribute("class") == "phase")); // one border in each panel; step 0 is none
    }

    [Fact]
    public void Steps_go_to_the_right_and_larger_values_up()
    {
        var rate = Lines(Draw([.. Enumerable.Range(1, 50).Select(Report)], [0]))[3];
        Assert.Equal(50, rate.Count);
        Assert.Equal(rate.Select(p => p.X).Order(), rate.Select(p => p.X));
        Assert.Equal(rate.Select(p => p.Y).OrderDescending(), rate.Select(p => p.Y)); // Y grows downwards in SVG
    }

    [Fact]
    public void On_the_logarithmic_panel_equal_factors_are_equal_heights()
    {
        var norms = Lines(Draw([.. Enumerable.Range(1, 20).Select(Report)], [0]))[^3..].Select(l => l[0].Y).ToList(); // 0.1, 1, 10
        Assert.True(norms[0] > norms[1]);
        Assert.Equal(norms[0] - norms[1], norms[1] - norms[2], 0.2);
    }

    [Fact]
    public void A_long_run_stays_a_small_file()
    {
        List<StepReport> log = [.. Enumerable.Range(1, 20_000).Select(Report)];
        Assert.InRange(StageCurves.Draw("long", log, [0]).Length, 10_000, 200_000);
        Assert.Equal(Lines(Draw(log[..480], [0])).Count, Lines(Draw(log, [0])).Count);
    }

    [Fact]
    public void Steps_without_a_number_leave_no_trace()
    {
        List<StepReport> log = [Report(1) with { Loss = double.NaN, Norms = [double.NaN, 1, 10] }, Report(2) with { GradientNorm = double.PositiveInfinity }, Report(3)];
        Assert.DoesNotContain("NaN", Draw(log, [0]).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_of_one_step_and_an_old_log_without_layers_can_be_drawn()
    {
        Assert.NotEmpty(Lines(Draw([Report(1)], [0])));
        Assert.NotEmpty(Lines(Draw([Report(1) with { Norms = [], MaxViolations = [] }, Report(2) with { Norms = [], MaxViolations = [] }], [0])));
    }

    private static StepReport Report(int step) => new(step, 5 / Math.Sqrt(step), 6 / Math.Sqrt(step), 1e-5 * step, 1, 1, 1000, 1, step) { MaxViolations = [1.5, 2], Norms = [0.1, 1, 10] };

    private static XDocument Draw(IReadOnlyList<StepReport> log, IReadOnlyList<int> borders) => XDocument.Parse(StageCurves.Draw("a <title> & more", log, borders));

    private static List<List<(double X, double Y)>> Lines(XDocument svg) =>
    [
        .. svg.Descendants().Where(e => e.Name.LocalName == "polyline").Select(e => e.Attribute("points")!.Value.Split(' ')
            .Select(p => p.Split(',')).Select(p => (double.Parse(p[0], CultureInfo.InvariantCulture), double.Parse(p[1], CultureInfo.InvariantCulture))).ToList()),
    ];
}
