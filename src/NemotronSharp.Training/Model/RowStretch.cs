namespace NemotronSharp.Training.Model;

/// <summary>Rows of equal length, one after the other in the flattened positions of a batch.</summary>
/// <param name="Start">First position.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Length">Positions of a row.</param>
/// <param name="Alone">
/// Whether every row holds one document and then only padding. What padding looks at decides nothing, so no mask is needed to keep them apart.
/// </param>
internal sealed record RowStretch(int Start, int Rows, int Length, bool Alone = false)
{
    public int End => Start + Rows * Length;
}
