namespace NemotronSharp;

/// <summary>
/// In which numbers activations meet quantized weights (NVFP4, Q4_0, Q8_0; other weights always meet them in float32). In every way a token's logits have the
/// same bits on every route, with any thread count, and from the kernels of any processor; the ways differ by rounding.
/// </summary>
public enum ActivationPrecision
{
    /// <summary>
    /// Activations as 16-bit whole numbers with a scale for sixteen neighbours, exact whole-number products, float32 sums. What is rounded away is at most
    /// 1/65024 of the largest of the sixteen.
    /// </summary>
    Int16,

    /// <summary>
    /// As <see cref="Int16"/> with 8-bit whole numbers, faster on prompts; what is rounded away is at most 1/254 of the largest of the sixteen. Other
    /// engines round to 8 bits with a scale for 32 neighbours.
    /// </summary>
    Int8,

    /// <summary>Activations and products in float32: the reference, several times slower on quantized weights.</summary>
    Float32,
}
