namespace NemotronSharp;

/// <summary>What the machine can do at this moment, measured: the denominators of every share. Neighbours on a shared machine change it by the minute.</summary>
/// <param name="Threads">Threads that did it together.</param>
/// <param name="ReadBytesPerSecond">Memory read from a buffer far larger than the caches.</param>
/// <param name="Float32OpsPerSecond">float32 multiplications and additions in registers.</param>
/// <param name="BFloat16OpsPerSecond">The same by <c>vdpbf16ps</c>; null where the processor has no AVX512-BF16.</param>
/// <param name="Int8OpsPerSecond">The same by <c>vpdpbusd</c>; null where the processor has no AVX512-VNNI.</param>
public sealed record MachineLimits(int Threads, double ReadBytesPerSecond, double Float32OpsPerSecond, double? BFloat16OpsPerSecond, double? Int8OpsPerSecond)
{
    /// <summary>Measures for less than half a second, beside allocating half a GiB.</summary>
    /// <param name="threads">Threads that work, at least 1.</param>
    public static MachineLimits Measure(int threads)
    {
        using var meter = new MachineMeter(threads);
        return meter.Measure();
    }

    /// <summary>The mean of two measurements: that before and that behind a run, of the same number of threads.</summary>
    public static MachineLimits Mean(MachineLimits before, MachineLimits after) => new(
        before.Threads, Mean(before.ReadBytesPerSecond, after.ReadBytesPerSecond), Mean(before.Float32OpsPerSecond, after.Float32OpsPerSecond),
        before.BFloat16OpsPerSecond is { } b && after.BFloat16OpsPerSecond is { } c ? Mean(b, c) : null,
        before.Int8OpsPerSecond is { } d && after.Int8OpsPerSecond is { } e ? Mean(d, e) : null);

    /// <summary>A unit's peak; that of float32 where the processor does not have the unit.</summary>
    public double OpsPerSecond(ArithmeticUnit unit) => unit switch
    {
        ArithmeticUnit.BFloat16 => BFloat16OpsPerSecond ?? Float32OpsPerSecond,
        ArithmeticUnit.Int8 => Int8OpsPerSecond ?? Float32OpsPerSecond,
        _ => Float32OpsPerSecond,
    };

    private static double Mean(double a, double b) => (a + b) / 2;
}
