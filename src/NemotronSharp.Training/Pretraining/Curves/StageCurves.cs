using System.Globalization;
using System.Text;

namespace NemotronSharp.Training.Pretraining.Curves;

/// <summary>Draws a stage's log as one self-contained SVG picture: losses, rate, router balance, size of the residual stream.</summary>
internal static class StageCurves
{
    private const string NextToken = "#76b900", Mtp = "#5b7fd1", HeldOut = "#c8442e";

    /// <param name="title">Heading.</param>
    /// <param name="log">Steps in order; at least one.</param>
    /// <param name="borders">Steps at which a new phase of the data begins.</param>
    public static string Draw(string title, IReadOnlyList<StepReport> log, IReadOnlyList<int> borders)
    {
        var svg = new StringBuilder("""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 700" font-family="system-ui, sans-serif" fill="#333">
            <rect width="1000" height="700" fill="#fff"/>

            """);
        CurvePanel.Text(svg, 60, 30, title, weight: 600, size: 18);
        double lastStep = Math.Max(1, log[^1].Step);
        new CurvePanel("cross entropy (nats per token)", 60, 70, 920, 310).Draw(svg, Losses(log), lastStep, borders);
        new CurvePanel("learning rate", 60, 440, 260, 190).Draw(svg, [new(null, "#555", Points(log, r => r.Rate))], lastStep, borders);
        new CurvePanel("busiest expert / mean load, by layer", 390, 440, 260, 190).Draw(svg, Layers(log, r => r.MaxViolations), lastStep, borders);
        new CurvePanel("residual stream (RMS), by layer", 720, 440, 260, 190, Logarithmic: true).Draw(svg, Layers(log, r => r.Norms), lastStep, borders);
        CurvePanel.Text(svg, 60, 685, "x: step. Dashed: a new phase of the data. Layers from the first (light) to the last (dark).");
        return svg.Append("</svg>\n").ToString();
    }

    private static List<Series> Losses(IReadOnlyList<StepReport> log)
    {
        var smooth = Smooth(log, r => r.Loss);
        List<Series> lines = [new(null, NextToken, Points(log, r => r.Loss), 1, 0.25)];
        if (log.Any(r => r.MtpLoss > 0))
        {
            var mtp = Smooth(log, r => r.MtpLoss);
            lines.Add(new($"MTP {Number(mtp[^1].Value)}", Mtp, mtp));
        }
        lines.Add(new($"next token {Number(smooth[^1].Value)}", NextToken, smooth, 2.2));
        List<StepReport> measured = [.. log.Where(r => r.ValidationLoss is not null)];
        if (measured.Count > 0) lines.Add(new($"held out {Number(measured[^1].ValidationLoss!.Value)}", HeldOut, Points(measured, r => r.ValidationLoss!.Value), Dots: true));
        return lines;
    }

    private static List<Series> Layers(IReadOnlyList<StepReport> log, Func<StepReport, double[]> values)
    {
        var count = log.Max(r => values(r).Length);
        return [.. Enumerable.Range(0, count).Select(layer =>
        {
            var having = log.Where(r => values(r).Length > layer).ToList();
            var depth = count == 1 ? 1 : (double)layer / (count - 1);
            var color = string.Create(CultureInfo.InvariantCulture, $"hsl(86 {45 + 55 * depth:F0}% {75 - 55 * depth:F0}%)");
            var label = layer == 0 || layer == count - 1 ? string.Create(CultureInfo.InvariantCulture, $"{(layer == 0 ? "first" : "last")} {values(having[^1])[layer]:G3}") : null;
            return new Series(label, color, Smooth(having, r => values(r)[layer]), 1.2);
        })];
    }

    private static List<(double Step, double Value)> Points(IEnumerable<StepReport> log, Func<StepReport, double> value) => [.. log.Select(r => ((double)r.Step, value(r)))];

    // An exponential mean whose memory grows with the run, so that both early fall and late detail stay visible.
    private static List<(double Step, double Value)> Smooth(IReadOnlyList<StepReport> log, Func<StepReport, double> value)
    {
        var mean = 0.0;
        return [.. log.Select((r, i) =>
        {
            if (value(r) is var v && double.IsFinite(v)) mean += (v - mean) / Math.Min(1 + i / 8, 50);
            return ((double)r.Step, mean);
        })];
    }

    private static string Number(double value) => value.ToString("F3", CultureInfo.InvariantCulture);
}
