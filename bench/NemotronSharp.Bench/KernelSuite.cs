using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace NemotronSharp.Bench;

/// <summary>All kernels, short: a table of bytes and operations a second, a file of the results, and the roofline drawn from it.</summary>
internal static class KernelSuite
{
    private const string Usage = "kernels RESULTS.json [--filter GLOB] measures; roofline RESULTS.json PICTURE.svg draws";

    public static int Measure(string[] arguments)
    {
        if (arguments is not ([_] or [_, "--filter", _])) return Fail($"found '{string.Join(' ', arguments)}', expected {Usage}");
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(2).WithIterationCount(7).WithIterationTime(TimeInterval.FromMilliseconds(100));
        var config = ManualConfig.CreateEmpty().AddJob(job).AddLogger(NullLogger.Instance).AddColumnProvider(DefaultColumnProviders.Instance).WithOptions(ConfigOptions.DisableLogFile);
        var before = MachineLimits.Measure(Environment.ProcessorCount);
        var results = new List<KernelResult>();
        foreach (var type in (Type[])[typeof(MatMulBenchmarks), typeof(AttentionBenchmarks), typeof(ScanBenchmarks), typeof(LayerBenchmarks)])
        {
            Console.Error.WriteLine($"measuring {type.Name}");
            Summary[] summaries = [.. BenchmarkSwitcher.FromTypes([type]).Run(["--filter", arguments is [_, _, var glob] ? glob : "*"], config)];
            foreach (var failed in summaries.SelectMany(s => s.Reports).Where(r => !r.Success)) Console.Error.WriteLine($"no result: {failed.BenchmarkCase.DisplayInfo}");
            results.AddRange(KernelTable.Of(summaries));
        }
        if (results.Count == 0) return Fail("found no kernel that the filter names, expected one");
        var all = new KernelResults(Mean(before, MachineLimits.Measure(Environment.ProcessorCount)), results);
        KernelTable.Write(arguments[0], all);
        Console.WriteLine(KernelTable.Markdown(all));
        return 0;
    }

    public static int Draw(string[] arguments)
    {
        if (arguments is not [var from, var to]) return Fail($"found '{string.Join(' ', arguments)}', expected {Usage}");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(to))!);
        File.WriteAllText(to, Roofline.Draw(KernelTable.Read(from)));
        return 0;
    }

    // Bandwidth drifts: the mean; a peak is what nothing exceeds: the larger.
    private static MachineLimits Mean(MachineLimits a, MachineLimits b) => new(
        a.Threads, (a.ReadBytesPerSecond + b.ReadBytesPerSecond) / 2, Math.Max(a.Float32OpsPerSecond, b.Float32OpsPerSecond),
        a.BFloat16OpsPerSecond is { } x && b.BFloat16OpsPerSecond is { } y ? Math.Max(x, y) : null, a.Int8OpsPerSecond is { } u && b.Int8OpsPerSecond is { } v ? Math.Max(u, v) : null);

    private static int Fail(string message)
    {
        Console.Error.WriteLine($"bench: {message}");
        return 1;
    }
}
