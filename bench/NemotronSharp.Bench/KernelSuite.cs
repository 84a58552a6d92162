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
        var limits = MachineLimits.Measure(Environment.ProcessorCount);
        var results = new List<KernelResult>();
        foreach (var type in (Type[])[typeof(MatMulBenchmarks), typeof(AttentionBenchmarks), typeof(AttentionProductBenchmarks), typeof(ScanBenchmarks), typeof(LayerBenchmarks)])
        {
            Console.Error.WriteLine($"measuring {type.Name}");
            Summary[] summaries = [.. BenchmarkSwitcher.FromTypes([type]).Run(["--filter", arguments is [_, _, var glob] ? glob : "*"], config)];
            foreach (var failed in summaries.SelectMany(s => s.Reports).Where(r => !r.Success)) Console.Error.WriteLine($"no result: {failed.BenchmarkCase.DisplayInfo}");
            results.AddRange(KernelTable.Of(summaries));
            limits = Highest(limits, MachineLimits.Measure(Environment.ProcessorCount));
        }
        if (results.Count == 0) return Fail("found no kernel that the filter names, expected one");
        var all = new KernelResults(Processor.Name, limits, results);
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

    // A roof is what nothing exceeds: the highest of five measurements around the kernels.
    private static MachineLimits Highest(MachineLimits a, MachineLimits b) => new(
        a.Threads, Math.Max(a.ReadBytesPerSecond, b.ReadBytesPerSecond), Math.Max(a.Float32OpsPerSecond, b.Float32OpsPerSecond), Higher(a.BFloat16OpsPerSecond, b.BFloat16OpsPerSecond), Higher(a.Int8OpsPerSecond, b.Int8OpsPerSecond));

    private static double? Higher(double? a, double? b) => a is { } x && b is { } y ? Math.Max(x, y) : null;

    private static int Fail(string message)
    {
        Console.Error.WriteLine($"bench: {message}");
        return 1;
    }
}
