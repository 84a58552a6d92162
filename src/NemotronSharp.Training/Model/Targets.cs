using static TorchSharp.torch;

namespace NemotronSharp.Training.Model;

/// <summary>The positions that predict, and what they should predict.</summary>
/// <param name="Positions">int64 [n], into the flattened [B · T].</param>
/// <param name="Ids">int64 [n].</param>
internal sealed record Targets(Tensor Positions, Tensor Ids);
