using NemotronSharp.Model;

namespace NemotronSharp;

/// <summary>How an engine computes. No choice changes results beyond what its summary says.</summary>
public sealed record EngineOptions
{
    /// <summary>Threads that compute; results are the same for any number.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Most tokens moved through the model at once; bounds scratch memory. Results are the same for any number with <see cref="ScanForm.Recurrent"/>.</summary>
    public int StepTokens { get; init; } = 512;

    /// <summary>How Mamba-2 layers scan a prompt.</summary>
    public ScanForm Scan { get; init; } = ScanForm.Recurrent;
}
