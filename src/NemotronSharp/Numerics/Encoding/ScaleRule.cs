namespace NemotronSharp.Numerics;

/// <summary>How the scale of sixteen NVFP4 weights is chosen. Decoding is the same for all.</summary>
public enum ScaleRule
{
    /// <summary>The largest weight becomes 6, the largest code.</summary>
    Max,

    /// <summary>The scale with the least squared error among those around <see cref="Max"/>.</summary>
    Mse,

    /// <summary>The largest weight becomes 6 or 4, whichever has the smaller squared error ("four over six", arXiv 2512.02010).</summary>
    FourOverSix,
}
