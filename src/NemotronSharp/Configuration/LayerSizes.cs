namespace NemotronSharp.Configuration;

/// <summary>Sizes of one layer in a model whose layers of a kind differ, as a search for a smaller model leaves them (Puzzle, arXiv 2411.19146).</summary>
/// <param name="NumKeyValueHeads">As <see cref="NemotronConfig.NumKeyValueHeads"/>.</param>
/// <param name="IntermediateSize">As <see cref="NemotronConfig.IntermediateSize"/>.</param>
/// <param name="ExpertsPerToken">As <see cref="NemotronConfig.ExpertsPerToken"/>.</param>
/// <param name="MoeIntermediateSize">As <see cref="NemotronConfig.MoeIntermediateSize"/>.</param>
public readonly record struct LayerSizes(int NumKeyValueHeads, int IntermediateSize, int ExpertsPerToken, int MoeIntermediateSize);
