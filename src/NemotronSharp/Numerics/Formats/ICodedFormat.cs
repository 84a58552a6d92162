using System.Runtime.Intrinsics;

namespace NemotronSharp.Numerics;

/// <summary>
/// A format whose weights are small whole numbers times a scale: <c>w = scale · (code − zero)</c>, exactly what <see cref="IWeightFormat.Load16"/> gives.
/// Codes are unsigned bytes because the machine's 8-bit products want one unsigned side.
/// </summary>
internal unsafe interface ICodedFormat : IWeightFormat
{
    /// <summary>The code of weight 0.</summary>
    static abstract int Zero { get; }

    /// <summary>Codes of weights k to k + 15.</summary>
    static abstract Vector128<byte> Codes16(WeightRow row, int k);

    /// <summary>Their scale.</summary>
    static abstract float Scale16(WeightRow row, int k);
}
