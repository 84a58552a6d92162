namespace NemotronSharp;

/// <summary>
/// In which numbers attention layers keep keys and values. They are rounded once, when a token is stored; all that is computed from them is float32. In every way a token's
/// logits have the same bits on every route; the ways differ by that rounding.
/// </summary>
public enum KeyValuePrecision
{
    /// <summary>bfloat16, as the family is trained and served: 8 significant bits, nearest, ties to even.</summary>
    BFloat16,

    /// <summary>Nothing is rounded: twice the memory and twice the bytes to read for every token before this one.</summary>
    Float32,

    /// <summary>
    /// FP8 E4M3 of x / scale: 4 significant bits, nearest, ties to even, beyond ±448 the largest value. The scales are the checkpoint's <c>k_scale</c> and <c>v_scale</c> of the
    /// layer; 1 where it ships none.
    /// </summary>
    Float8,
}
