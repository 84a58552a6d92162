using System.Globalization;
using System.Text;

namespace NemotronSharp.Training.Pretraining.Curves;

/// <summary>One line of a panel.</summary>
/// <param name="Label">For the legend; none if null.</param>
/// <param name="Points">Step and value; what is not finite is left out.</param>
/// <param name="Dots">A dot at every point, for the few that were measured.</param>
internal sealed record Series(string? Label, string Color, IReadOnlyList<(double Step, double Value)> Points, double Width = 1.6, double Opacity = 1, bool Dots = false);

/// <summary>A labelled rectangle with steps to the right and a quantity upwards; all of its numbers are of the viewBox.</summary>
/// <param name="Title">The quantity and its unit.</param>
/// <param name="Logarithmic">Equal heights are equal factors; values must be positive.</param>
internal sealed record CurvePanel(string Title, double X, double Y, double Width, double Height, bool Logarithmic = false)
{
    private const int MostPoints = 480;

    /// <param name="svg">Receives the panel.</param>
    /// <param name="lines">Later ones lie above earlier ones.</param>
    /// <param name="lastStep">Right edge.</param>
    /// <param name="borders">Steps where the data change.</param>
    public void Draw(StringBuilder svg, IReadOnlyList<Series> lines, double lastStep, IReadOnlyList<int> borders)
    {
        var shown = lines.Select(l => l with { Points = Thin([.. l.Points.Where(p => double.IsFinite(p.Value) && (!Logarithmic || p.Value > 0))]) }).ToList();
        var values = shown.SelectMany(l => l.Points).Select(p => Scale(p.Value)).DefaultIfEmpty(0).ToList();
        double low = values.Min(), high = Math.Max(values.Max(), low + 1e-9 + 1e-6 * Math.Abs(low));
        var ticks = Logarithmic ? LogTicks(low, high) : LinearTicks(ref low, ref high);

        double Across(double step) => X + step / lastStep * Width;
        double Up(double value) => Y + (high - Scale(value)) / (high - low) * Height;

        Text(svg, X, Y - 10, Title, weight: 600);
        foreach (var tick in ticks)
        {
            svg.Append(CultureInfo.InvariantCulture, $"""<line x1="{X:F1}" x2="{X + Width:F1}" y1="{Up(tick):F1}" y2="{Up(tick):F1}" stroke="#e4e4e4"/>""").Append('\n');
            Text(svg, X - 6, Up(tick) + 4, tick.ToString("G4", CultureInfo.InvariantCulture), "end");
        }
        var gap = Math.Max(1, NiceGap(lastStep, Math.Max(2, (int)(Width / 100))));
        for (var step = 0.0; step <= lastStep; step += gap) Text(svg, Across(step), Y + Height + 16, step.ToString("N0", CultureInfo.InvariantCulture), "middle");
        svg.Append(CultureInfo.InvariantCulture, $"""<line x1="{X:F1}" x2="{X + Width:F1}" y1="{Y + Height:F1}" y2="{Y + Height:F1}" stroke="#888"/>""").Append('\n');
        foreach (var border in borders.Where(b => b > 0 && b <= lastStep))
            svg.Append(CultureInfo.InvariantCulture, $"""<line class="phase" x1="{Across(border):F1}" x2="{Across(border):F1}" y1="{Y:F1}" y2="{Y + Height:F1}" stroke="#999" stroke-dasharray="4 4"/>""").Append('\n');

        foreach (var line in shown.Where(l => l.Points.Count > 0))
        {
            var points = string.Join(' ', line.Points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{Across(p.Step):F1},{Up(p.Value):F1}")));
            svg.Append(CultureInfo.InvariantCulture, $"""<polyline fill="none" stroke="{line.Color}" stroke-width="{line.Width}" stroke-opacity="{line.Opacity}" stroke-linejoin="round" points="{points}"/>""").Append('\n');
            if (!line.Dots) continue;
            foreach (var (step, value) in line.Points)
                svg.Append(CultureInfo.InvariantCulture, $"""<circle cx="{Across(step):F1}" cy="{Up(value):F1}" r="2.6" fill="{line.Color}"/>""").Append('\n');
        }
        var place = X;
        foreach (var line in shown.Where(l => l.Label is not null))
        {
            svg.Append(CultureInfo.InvariantCulture, $"""<rect x="{place:F1}" y="{Y + Height + 26:F1}" width="10" height="10" rx="2" fill="{line.Color}"/>""").Append('\n');
            Text(svg, place + 15, Y + Height + 35, line.Label!);
            place += 130;
        }
    }

    public static void Text(StringBuilder svg, double x, double y, string text, string anchor = "start", int weight = 400, int size = 12) =>
        svg.Append(CultureInfo.InvariantCulture, $"""<text x="{x:F1}" y="{y:F1}" text-anchor="{anchor}" font-weight="{weight}" font-size="{size}">{text.Replace("&", "&amp;").Replace("<", "&lt;")}</text>""").Append('\n');

    private double Scale(double value) => Logarithmic ? Math.Log10(value) : value;

    // More points than pixels only make the file large: means of neighbours.
    private static IReadOnlyList<(double Step, double Value)> Thin(IReadOnlyList<(double Step, double Value)> points) => points.Count <= MostPoints ? points
        : [.. Enumerable.Range(0, MostPoints).Select(i => points.Skip(i * points.Count / MostPoints).Take((i + 1) * points.Count / MostPoints - i * points.Count / MostPoints).ToList())
            .Select(bin => (bin.Average(p => p.Step), bin.Average(p => p.Value)))];

    private List<double> LinearTicks(ref double low, ref double high)
    {
        var gap = NiceGap(high - low, Math.Max(2, (int)(Height / 45)));
        (low, high) = (Math.Floor(low / gap) * gap, Math.Ceiling(high / gap) * gap);
        var (first, count) = (low, (int)Math.Round((high - low) / gap));
        return [.. Enumerable.Range(0, count + 1).Select(i => first + i * gap)];
    }

    private static List<double> LogTicks(double low, double high)
    {
        double[] steps = (high - low) switch { > 3 => [1], > 0.5 => [1, 2, 5], _ => [1, 1.5, 2, 3, 5, 7] };
        return [.. Enumerable.Range((int)Math.Floor(low), (int)Math.Ceiling(high) - (int)Math.Floor(low) + 1).SelectMany(power => steps.Select(s => s * Math.Pow(10, power)))
            .Where(t => Math.Log10(t) >= low && Math.Log10(t) <= high)];
    }

    private static double NiceGap(double range, int parts)
    {
        var raw = range / parts;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        return power * (raw / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
    }
}
