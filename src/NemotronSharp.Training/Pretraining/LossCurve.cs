using System.Globalization;
using System.Text;

namespace NemotronSharp.Training.Pretraining;

/// <summary>Draws the losses of a run as a self-contained SVG picture.</summary>
internal static class LossCurve
{
    private const double Width = 960, Height = 480, Left = 64, Right = 24, Top = 56, Bottom = 56;

    /// <param name="title">Heading.</param>
    /// <param name="log">Steps in order; at least one.</param>
    public static string Draw(string title, IReadOnlyList<StepReport> log)
    {
        double lastStep = Math.Max(1, log[^1].Step);
        var smooth = Smooth(log, r => r.Loss);
        var mtp = Smooth(log, r => r.MtpLoss);
        var hasMtp = log.Any(r => r.MtpLoss > 0);
        var values = log.Select(r => r.Loss).Concat(hasMtp ? mtp : []).Where(double.IsFinite).ToList();
        double top = Math.Ceiling(values.DefaultIfEmpty(1).Max() * 2) / 2, floor = Math.Floor(values.DefaultIfEmpty(0).Min() * 2) / 2;
        if (top <= floor) top = floor + 0.5;

        double X(double step) => Left + step / lastStep * (Width - Left - Right);
        double Y(double loss) => Top + (top - Math.Clamp(loss, floor, top)) / (top - floor) * (Height - Top - Bottom);

        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="system-ui, sans-serif" font-size="13" fill="#333">
            <rect width="{Width}" height="{Height}" fill="#fff"/>
            <text x="{Left}" y="30" font-size="18" font-weight="600">{Escape(title)}</text>

            """);
        var gap = NiceGap(top - floor, 6);
        for (var tick = Math.Ceiling(floor / gap) * gap; tick <= top + 1e-9; tick += gap)
            svg.Append(CultureInfo.InvariantCulture, $"""
                <line x1="{Left}" x2="{Width - Right}" y1="{Y(tick):F1}" y2="{Y(tick):F1}" stroke="#e4e4e4"/><text x="{Left - 8}" y="{Y(tick) + 4:F1}" text-anchor="end">{tick:0.##}</text>

                """);
        var stepGap = Math.Max(1, NiceGap(lastStep, 8));
        for (var tick = 0.0; tick <= lastStep; tick += stepGap)
            svg.Append(CultureInfo.InvariantCulture, $"""<text x="{X(tick):F1}" y="{Height - Bottom + 20}" text-anchor="middle">{tick:N0}</text>""").Append('\n');
        svg.Append(CultureInfo.InvariantCulture, $"""
            <line x1="{Left}" x2="{Width - Right}" y1="{Height - Bottom}" y2="{Height - Bottom}" stroke="#888"/>
            <text x="{(Left + Width - Right) / 2}" y="{Height - 12}" text-anchor="middle">step</text>
            <text transform="translate(18 {(Top + Height - Bottom) / 2}) rotate(-90)" text-anchor="middle">cross entropy (nats per token)</text>

            """);
        Line(svg, log.Select(r => (X(r.Step), Y(r.Loss))), "#76b900", 1, 0.25);
        if (hasMtp) Line(svg, log.Zip(mtp, (r, v) => (X(r.Step), Y(v))), "#5b7fd1", 1.6, 1);
        Line(svg, log.Zip(smooth, (r, v) => (X(r.Step), Y(v))), "#76b900", 2.2, 1);
        foreach (var point in log.Where(r => r.ValidationLoss is not null))
            svg.Append(CultureInfo.InvariantCulture, $"""<circle cx="{X(point.Step):F1}" cy="{Y(point.ValidationLoss!.Value):F1}" r="3.2" fill="#c8442e"/>""").Append('\n');

        var legend = new List<(string Color, string Text)> { ("#76b900", $"next token {smooth[^1]:F3}") };
        if (hasMtp) legend.Add(("#5b7fd1", $"MTP {mtp[^1]:F3}"));
        if (log.LastOrDefault(r => r.ValidationLoss is not null) is { } last) legend.Add(("#c8442e", $"held out {last.ValidationLoss:F3}"));
        for (var i = 0; i < legend.Count; i++)
            svg.Append(CultureInfo.InvariantCulture, $"""
                <rect x="{Width - Right - 160}" y="{Top + 6 + 20 * i}" width="12" height="12" rx="2" fill="{legend[i].Color}"/><text x="{Width - Right - 142}" y="{Top + 17 + 20 * i}">{legend[i].Text}</text>

                """);
        return svg.Append("</svg>\n").ToString();
    }

    private static void Line(StringBuilder svg, IEnumerable<(double X, double Y)> points, string color, double width, double opacity)
    {
        svg.Append(CultureInfo.InvariantCulture, $"""<polyline fill="none" stroke="{color}" stroke-width="{width}" stroke-opacity="{opacity}" stroke-linejoin="round" points=" """);
        foreach (var (x, y) in points) svg.Append(CultureInfo.InvariantCulture, $"{x:F1},{y:F1} ");
        svg.Append("\"/>\n");
    }

    // An exponential mean whose memory grows with the run, so that both early fall and late detail stay visible.
    private static List<double> Smooth(IReadOnlyList<StepReport> log, Func<StepReport, double> value)
    {
        var result = new List<double>(log.Count);
        var mean = 0.0;
        for (var i = 0; i < log.Count; i++)
        {
            var v = value(log[i]);
            if (double.IsFinite(v)) mean += (v - mean) / Math.Min(1 + i / 8, 50);
            result.Add(mean);
        }
        return result;
    }

    private static double NiceGap(double range, int parts)
    {
        var raw = range / parts;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        return power * (raw / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
    }

    private static string Escape(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;");
}
