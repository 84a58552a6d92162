using System.Diagnostics;
using System.Globalization;
using NemotronSharp.Kernels;
using NemotronSharp.Numerics;
using static System.FormattableString;

namespace NemotronSharp.Bench;

/// <summary>
/// One matrix shape against the limits of its minute: bytes of weights a second beside what the same threads read, operations a second beside the peak of their kind: float32,
/// or int8 for whole numbers, where 16-bit activations reach half of it at most.
/// Calls go round through more weights than the caches hold. Each line is the median of seven rounds of a product and a reading in turns.
/// </summary>
internal static unsafe class ProductSpeed
{
    private const string Usage = "products TYPE,... ROWS COLUMNS TOKENS,... [THREADS,...]";
    private const int Rounds = 7;
    private static readonly EngineOptions Options = new() { Activations = ActivationPrecision.Int16 };
    private const long Footprint = 1L << 29;
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(40);

    public static int Run(string[] arguments)
    {
        if (arguments is not ([_, _, _, _] or [_, _, _, _, _]))
        {
            Console.Error.WriteLine($"bench: found '{string.Join(' ', arguments)}', expected {Usage}");
            return 1;
        }
        int rows = Number(arguments[1]), columns = Number(arguments[2]);
        Console.WriteLine("| type | threads | tokens | ms | GB/s of weights | read GB/s | share | Gop/s | peak | share |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var threads in arguments.Length > 4 ? Numbers(arguments[4]) : [Environment.ProcessorCount])
        {
            using var meter = new MachineMeter(threads);
            using var kernels = new KernelContext(threads, Options.Activations);
            foreach (var type in arguments[0].Split(',').Select(Enum.Parse<TensorType>))
            {
                using var buffers = new Buffers(1);
                var weights = buffers.Matrices(type, rows, columns, (int)Math.Max(1, Footprint / type.Bytes((long)rows * columns)));
                foreach (var tokens in Numbers(arguments[3])) Measure(weights, buffers.Rows(tokens, columns), buffers.Rows(tokens, rows), kernels, meter);
            }
        }
        return 0;
    }

    private static void Measure(WeightMatrix[] weights, Rows x, Rows y, KernelContext kernels, MachineMeter meter)
    {
        MatMul.Apply(weights[0], x, y, kernels);
        var unit = ProductRoute.Of(weights[0].Type, Options).Unit;
        double[] seconds = new double[Rounds], read = new double[Rounds], peaks = new double[Rounds];
        var next = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var limits = meter.Measure();
            (read[round], peaks[round]) = (limits.ReadBytesPerSecond, limits.OpsPerSecond(unit));
            var start = Stopwatch.GetTimestamp();
            var calls = 0;
            for (; calls == 0 || Stopwatch.GetElapsedTime(start) < Least; calls++)
            {
                MatMul.Apply(weights[next], x, y, kernels);
                next = (next + 1) % weights.Length;
            }
            seconds[round] = Stopwatch.GetElapsedTime(start).TotalSeconds / calls;
        }
        Array.Sort(seconds);
        Array.Sort(read);
        Array.Sort(peaks);
        var w = weights[0];
        double median = seconds[Rounds / 2], peak = peaks[Rounds / 2], bytes = w.RowBytes * w.Rows / median, roof = read[Rounds / 2], ops = 2.0 * w.Rows * w.Columns * x.Count / median;
        Console.WriteLine(Invariant($"| {w.Type} | {kernels.Workers.Count} | {x.Count} | {median * 1e3:0.000} | {bytes / 1e9:0.0} | {roof / 1e9:0.0} | {bytes / roof:0 %} | {ops / 1e9:0} | {peak / 1e9:0} | {ops / peak:0 %} |"));
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static int[] Numbers(string text) => [.. text.Split(',').Select(Number)];
}
