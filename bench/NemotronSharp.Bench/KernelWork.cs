namespace NemotronSharp.Bench;

/// <summary>What one call of a kernel does.</summary>
/// <param name="Kernel">Its name; points of one name are joined in the roofline.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Tokens">Tokens of the step.</param>
/// <param name="Ops">Useful multiplications and additions; for the router, comparisons.</param>
/// <param name="Bytes">Bytes that must be read or written at least once.</param>
/// <param name="Drawn">Whether the roofline shows it; of shapes of one kernel it shows one.</param>
internal sealed record KernelWork(string Kernel, string Shape, int Tokens, double Ops, double Bytes, bool Drawn = true);

/// <summary>A benchmark that says what it does, for the table and the roofline.</summary>
internal interface IKernelBenchmark
{
    /// <summary>What a call of one of its methods does, once its parameters are set.</summary>
    KernelWork Work(string method);
}

/// <summary>A kernel's work and how long it takes.</summary>
/// <param name="Work">One call.</param>
/// <param name="Seconds">The median.</param>
internal sealed record KernelResult(KernelWork Work, double Seconds)
{
    public double GigabytesPerSecond => Work.Bytes / Seconds / 1e9;

    public double GigaopsPerSecond => Work.Ops / Seconds / 1e9;

    public double OpsPerByte => Work.Ops / Work.Bytes;
}

/// <summary>Kernels measured in one run, with the machine's limits of that time.</summary>
internal sealed record KernelResults(string Processor, MachineLimits Limits, IReadOnlyList<KernelResult> Kernels);
