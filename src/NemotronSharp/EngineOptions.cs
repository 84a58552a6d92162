using NemotronSharp.Model;

namespace NemotronSharp;

/// <summary>How an engine computes. No choice changes results beyond what its summary says.</summary>
public sealed record EngineOptions
{
    /// <summary>Rounds nothing but by float32 arithmetic: to compare with other implementations, not to be fast.</summary>
    public static EngineOptions Float32 { get; } = new() { Activations = ActivationPrecision.Float32, KeyValues = KeyValuePrecision.Float32 };

    /// <summary>Threads that compute; results are the same for any number.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Most tokens moved through the model at once; bounds scratch memory. Results are the same for any number with <see cref="ScanForm.Recurrent"/>.</summary>
    public int StepTokens { get; init; } = 512;

    /// <summary>In which numbers activations meet quantized weights.</summary>
    public ActivationPrecision Activations { get; init; } = ActivationPrecision.Int16;

    /// <summary>In which numbers attention layers keep keys and values.</summary>
    public KeyValuePrecision KeyValues { get; init; } = KeyValuePrecision.BFloat16;

    /// <summary>Never assembles code at run time. Slower, the same bits.</summary>
    public bool PortableKernels { get; init; }

    /// <summary>How Mamba-2 layers scan a prompt.</summary>
    public ScanForm Scan { get; init; } = ScanForm.Recurrent;
}
