using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Reports;
using static System.FormattableString;

namespace NemotronSharp.Bench;

/// <summary>Results of kernel benchmarks with bytes and operations a second, and the file that the roofline is drawn from.</summary>
internal static class KernelTable
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The results of those benchmarks that say what they do.</summary>
    public static List<KernelResult> Of(IEnumerable<Summary> summaries)
    {
        var results = new List<KernelResult>();
        foreach (var report in summaries.SelectMany(s => s.Reports))
        {
            var descriptor = report.BenchmarkCase.Descriptor;
            if (report.ResultStatistics is not { } statistics || Activator.CreateInstance(descriptor.Type) is not IKernelBenchmark benchmark) continue;
            foreach (var parameter in report.BenchmarkCase.Parameters.Items) descriptor.Type.GetProperty(parameter.Name)!.SetValue(benchmark, parameter.Value);
            results.Add(new KernelResult(benchmark.Work(descriptor.WorkloadMethod.Name), statistics.Median / 1e9));
        }
        return results;
    }

    public static string Markdown(KernelResults results)
    {
        var text = new StringBuilder("| kernel | shape | tokens | time | GB/s | Gop/s | operations a byte |\n|---|---|---:|---:|---:|---:|---:|\n");
        foreach (var k in results.Kernels)
            text.Append(Invariant($"| {k.Work.Kernel} | {k.Work.Shape} | {k.Work.Tokens} | {Time(k.Seconds)} | {k.GigabytesPerSecond:0.0} | {k.GigaopsPerSecond:0.0} | {k.OpsPerByte:0.0} |\n"));
        var l = results.Limits;
        text.Append(Invariant($"\n{results.Processor}, medians; {l.Threads} threads read {l.ReadBytesPerSecond / 1e9:0.0} GB/s and compute {l.Float32OpsPerSecond / 1e9:0} Gop/s in float32"));
        if (l.BFloat16OpsPerSecond is { } bfloat16) text.Append(Invariant($", {bfloat16 / 1e9:0} by vdpbf16ps"));
        if (l.Int8OpsPerSecond is { } int8) text.Append(Invariant($", {int8 / 1e9:0} by vpdpbusd"));
        return text.Append(".\n").ToString();
    }

    public static void Write(string path, KernelResults results) => File.WriteAllText(path, JsonSerializer.Serialize(results, Indented));

    /// <exception cref="InvalidDataException">The file is none that <see cref="Write"/> made.</exception>
    public static KernelResults Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<KernelResults>(File.ReadAllText(path)) ?? throw new InvalidDataException($"{path}: found nothing, expected the results of kernel benchmarks");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    private static string Time(double seconds) => seconds switch
    {
        < 1e-3 => Invariant($"{seconds * 1e6:0.0} µs"),
        _ => Invariant($"{seconds * 1e3:0.00} ms"),
    };
}
