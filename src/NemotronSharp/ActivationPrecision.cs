namespace NemotronSharp;

/// <summary>
/// In which numbers activations meet quantized weights (NVFP4, Q4_0, Q8_0; other weights always meet them in float32). Either way a token's logits have the
/// same bits on every route, with any thread count and on any machine; the two ways differ by rounding.
/// </summary>
public enum ActivationPrecision
{
    /// <summary>
    /// Activations as 16-bit whole numbers with a scale for sixteen neighbours, exact whole-number products, float32 sums. What is rounded away is at most
    /// 1/65024 of the largest of the sixteen.
    /// </summary>
    Int16,

    /// <summary>Activations and products in float32: the reference, several times slower on quantized weights.</summary>
    Float32,
}
