using System.Globalization;
using System.Text;
using static System.FormattableString;

namespace NemotronSharp.Bench;

/// <summary>
/// Kernels under the machine's roofs (Williams, Waterman and Patterson, "Roofline", 2009): to the right operations for each byte that has to be moved, upwards
/// operations a second. Memory bounds a kernel by the slanted roof, arithmetic by a flat one. One self-contained SVG, for light and dark pages.
/// </summary>
internal static class Roofline
{
    private const int Width = 1000, Height = 640, Left = 70, Right = 800, Top = 60, Bottom = 560, LabelGap = 15;
    private static readonly string[] Colors = ["#4e9a06", "#3b7dd8", "#c4532b", "#9a63c4", "#b8860b", "#0f9d94", "#d0528a", "#7d8590", "#a0522d", "#5f7fbf", "#7a9a2f", "#c77d2a", "#b04fb0"];

    public static string Draw(KernelResults results)
    {
        var kernels = results.Kernels.Where(k => k.Work.Drawn).ToList();
        List<(string Name, double Gops)> flat = [.. Roofs(results.Limits)];
        var x = LogScale.Around(kernels.Select(k => k.OpsPerByte), Left, Right);
        var y = LogScale.Around([.. kernels.Select(k => k.GigaopsPerSecond), .. flat.Select(r => r.Gops)], Bottom, Top);
        var svg = new StringBuilder(Invariant($$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{Width}} {{Height}}" font-family="system-ui, sans-serif" font-size="12">
            <style>
            .card { fill: #ffffff; stroke: #d0d7de } .text { fill: #24292f } .faint { fill: #6e7781 } .grid { stroke: #eaeef2 } .roof { stroke: #57606a; fill: none; stroke-width: 2 }
            .label { paint-order: stroke; stroke: #ffffff; stroke-width: 4; stroke-linejoin: round }
            @media (prefers-color-scheme: dark) {
            .card { fill: #161b22; stroke: #30363d } .text { fill: #e6edf3 } .faint { fill: #8b949e } .grid { stroke: #262c34 } .roof { stroke: #9aa4af } .label { stroke: #161b22 }
            }
            </style>
            <rect class="card" x="0.5" y="0.5" width="{{Width - 1}}" height="{{Height - 1}}" rx="8"/>

            """));
        Text(svg, Left, 32, "Kernels under the machine's roofs", size: 18, weight: 600);
        Grid(svg, x, y);
        List<(double X, double Y)> dots = [.. kernels.Select(k => (x.At(k.OpsPerByte), y.At(k.GigaopsPerSecond)))];
        DrawRoofs(svg, x, y, results.Limits.ReadBytesPerSecond / 1e9, flat, dots);
        DrawKernels(svg, x, y, kernels, [.. flat.Select(r => (Right + 8.0, y.At(r.Gops)))], dots);
        Text(svg, Left, Height - 16, Invariant($"{results.Processor}, {results.Limits.Threads} threads. Along a line the tokens of the step grow. Points above the slanted roof work from the caches."), "faint");
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>The flat roofs, lowest first.</summary>
    private static IEnumerable<(string Name, double Gops)> Roofs(MachineLimits limits)
    {
        yield return ("float32", limits.Float32OpsPerSecond / 1e9);
        if (limits.BFloat16OpsPerSecond is { } bfloat16) yield return ("bfloat16 (vdpbf16ps)", bfloat16 / 1e9);
        if (limits.Int8OpsPerSecond is { } int8) yield return ("int8 (vpdpbusd)", int8 / 1e9);
    }

    private static void Grid(StringBuilder svg, LogScale x, LogScale y)
    {
        foreach (var decade in x.Decades)
        {
            Line(svg, "grid", x.At(decade), y.From, x.At(decade), y.To);
            Text(svg, x.At(decade), Bottom + 18, Number(decade), "faint", "middle");
        }
        foreach (var decade in y.Decades)
        {
            Line(svg, "grid", x.From, y.At(decade), x.To, y.At(decade));
            Text(svg, Left - 8, y.At(decade) + 4, Number(decade), "faint", "end");
        }
        Text(svg, (Left + Right) / 2.0, Bottom + 40, "operations for each byte moved", anchor: "middle");
        Text(svg, Left, Top - 10, "Gop/s");
    }

    private static void DrawRoofs(StringBuilder svg, LogScale x, LogScale y, double read, IReadOnlyList<(string Name, double Gops)> flat, IReadOnlyList<(double X, double Y)> dots)
    {
        // The slanted roof runs from where it enters the picture to the highest flat one.
        var enters = Math.Max(x.Low, y.Low / read);
        Line(svg, "roof", x.At(enters), y.At(enters * read), x.At(flat.Max(r => r.Gops) / read), y.At(flat.Max(r => r.Gops)));
        var slope = Math.Atan2(y.At(read) - y.At(10 * read), x.At(10) - x.At(1)) * 180 / Math.PI;
        // Its name stands along it, where most room is.
        var length = flat.Max(r => r.Gops) / read / enters;
        var middle = new[] { 0.1, 0.3, 0.5, 0.7 }.Select(part => enters * Math.Pow(length, part))
            .MaxBy(at => dots.Min(d => Math.Abs(d.X - x.At(at) - 60) + Math.Abs(d.Y - y.At(at * read) + 50)));
        svg.Append(CultureInfo.InvariantCulture, $"""<text class="text" transform="translate({x.At(middle):F1} {y.At(middle * read) - 8:F1}) rotate({-slope:F1})">{Invariant($"memory read {read:0} GB/s")}</text>""").Append('\n');
        foreach (var (name, gops) in flat)
        {
            Line(svg, "roof", x.At(gops / read), y.At(gops), x.To, y.At(gops));
            Text(svg, Right + 8, y.At(gops) + 4, Invariant($"{name} {gops:0}"));
        }
    }

    private static void DrawKernels(StringBuilder svg, LogScale x, LogScale y, IReadOnlyList<KernelResult> kernels, List<(double X, double Y)> labels, IReadOnlyList<(double X, double Y)> dots)
    {
        var series = kernels.GroupBy(k => k.Work.Kernel).Select((g, i) => (Name: g.Key, Color: Colors[i % Colors.Length], Points: g.OrderBy(k => k.Work.Tokens).Select(k => (X: x.At(k.OpsPerByte), Y: y.At(k.GigaopsPerSecond))).ToList())).ToList();
        foreach (var (_, color, points) in series)
        {
            if (points.Count > 1)
                svg.Append(CultureInfo.InvariantCulture, $"""<polyline fill="none" stroke="{color}" stroke-width="1.5" stroke-opacity="0.6" points="{string.Join(' ', points.Select(p => Invariant($"{p.X:F1},{p.Y:F1}")))}"/>""").Append('\n');
            foreach (var (px, py) in points) svg.Append(CultureInfo.InvariantCulture, $"""<circle cx="{px:F1}" cy="{py:F1}" r="3.5" fill="{color}"/>""").Append('\n');
        }

        // A kernel's name stands beside its last point, moved down where another's is in the way.
        foreach (var (name, color, points) in series.OrderBy(s => s.Points[^1].Y))
        {
            var (px, py) = points[^1];
            var at = Place(labels, dots, px, py);
            labels.Add((px, at));
            if (Math.Abs(at - py) > LabelGap) svg.Append(CultureInfo.InvariantCulture, $"""<line x1="{px:F1}" y1="{py:F1}" x2="{px + 8:F1}" y2="{at:F1}" stroke="{color}" stroke-opacity="0.6"/>""").Append('\n');
            svg.Append(CultureInfo.InvariantCulture, $"""<text class="label" x="{px + 10:F1}" y="{at + 4:F1}" fill="{color}">{Escape(name)}</text>""").Append('\n');
        }
    }

    /// <summary>The first height, from a wanted one downwards, where a label beside (x, y) covers neither another label nor a dot.</summary>
    internal static double Place(IReadOnlyList<(double X, double Y)> labels, IReadOnlyList<(double X, double Y)> dots, double x, double y)
    {
        const double length = 130, step = 3, dot = 9;
        while (labels.Any(o => Math.Abs(o.X - x) < length && Math.Abs(o.Y - y) < LabelGap) || dots.Any(o => o.X > x + step && o.X < x + length && Math.Abs(o.Y - y) < dot)) y += step;
        return y;
    }

    private static void Line(StringBuilder svg, string style, double x1, double y1, double x2, double y2) =>
        svg.Append(CultureInfo.InvariantCulture, $"""<line class="{style}" x1="{x1:F1}" y1="{y1:F1}" x2="{x2:F1}" y2="{y2:F1}"/>""").Append('\n');

    private static void Text(StringBuilder svg, double x, double y, string text, string style = "text", string anchor = "start", int size = 12, int weight = 400) =>
        svg.Append(CultureInfo.InvariantCulture, $"""<text class="{style}" x="{x:F1}" y="{y:F1}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}">{Escape(text)}</text>""").Append('\n');

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
