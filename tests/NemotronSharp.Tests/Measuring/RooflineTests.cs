using System.Xml.Linq;
using NemotronSharp.Bench;

namespace NemotronSharp.Tests.Measuring;

/// <summary>The roofline's coordinates and picture.</summary>
public class RooflineTests
{
    private static readonly MachineLimits Limits = new(2, 50e9, 400e9, 800e9, 1600e9);

    [Fact]
    public void Equal_factors_are_equal_distances()
    {
        var scale = LogScale.Around([0.3, 30], from: 100, to: 400);
        Assert.Equal((0.2, 50), (scale.Low, scale.High));
        Assert.Equal([1.0, 10.0], scale.Decades.Select(d => Math.Round(d, 9)));
        Assert.Equal(scale.At(10) - scale.At(1), scale.At(40) - scale.At(4), 1e-9);
        Assert.Equal((100, 400), (Math.Round(scale.At(0.2), 9), Math.Round(scale.At(50), 9)));
        // A value on a round number needs no more room; an axis that points upwards falls.
        var up = LogScale.Around([1, 1000], from: 500, to: 100);
        Assert.Equal((1, 1000), (Math.Round(up.Low, 9), up.High));
        Assert.True(up.At(100) < up.At(10));
    }

    [Fact]
    public void Every_kernel_and_every_roof_is_named_once()
    {
        var results = new KernelResults("a processor", Limits, [Kernel("a < b", 1, 1e9, 1e9), Kernel("a < b", 64, 64e9, 1e9), Kernel("scan", 1, 2e9, 1e9), new(new KernelWork("hidden", "", 1, 1e9, 1e9, Drawn: false), 1)]);
        var texts = Texts(Roofline.Draw(results));
        foreach (var name in (string[])["a < b", "scan", "float32 400", "bfloat16 (vdpbf16ps) 800", "int8 (vpdpbusd) 1600", "memory read 50 GB/s"]) Assert.Single(texts, name);
        Assert.DoesNotContain("hidden", texts);
        var circles = XDocument.Parse(Roofline.Draw(results)).Descendants().Where(e => e.Name.LocalName == "circle").ToList();
        Assert.Equal(3, circles.Count);
        // More operations a byte lie to the right.
        Assert.True((double)circles[0].Attribute("cx")! < (double)circles[1].Attribute("cx")!);
    }

    [Fact]
    public void Roofs_that_the_processor_does_not_have_are_not_drawn()
    {
        var texts = Texts(Roofline.Draw(new KernelResults("a processor", Limits with { BFloat16OpsPerSecond = null, Int8OpsPerSecond = null }, [Kernel("scan", 1, 2e9, 1e9)])));
        Assert.Contains("float32 400", texts);
        Assert.DoesNotContain(texts, t => t.Contains("vdp"));
    }

    [Fact]
    public void Labels_cover_neither_each_other_nor_dots()
    {
        var labels = new List<(double X, double Y)>();
        (double X, double Y)[] dots = [(150, 100), (152, 100)];
        for (var i = 0; i < 5; i++) labels.Add((100, Roofline.Place(labels, dots, 100, 100)));
        for (var i = 0; i < 5; i++)
        {
            for (var j = 0; j < i; j++) Assert.True(Math.Abs(labels[i].Y - labels[j].Y) >= 15);
            Assert.True(Math.Abs(labels[i].Y - 100) >= 9);
        }
        Assert.Equal(300, Roofline.Place(labels, dots, 100, 300));
    }

    private static KernelResult Kernel(string name, int tokens, double ops, double bytes) => new(new KernelWork(name, "", tokens, ops, bytes), 1);

    private static List<string> Texts(string svg) => [.. XDocument.Parse(svg).Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];
}
