namespace NemotronSharp.Checkpoints;

/// <summary>A tensor of the model with the companions that belong to it.</summary>
/// <param name="Name">The vendor's name.</param>
/// <param name="Part">Part of the model.</param>
/// <param name="Format">What its numbers are: a <see cref="Numerics.TensorType"/>, <c>NVFP4</c>, or <c>FP8</c> (E4M3 with a factor).</param>
/// <param name="Weights">Weights it holds.</param>
/// <param name="Tensors">The tensor itself, then its companions.</param>
public sealed record CheckpointEntry(string Name, ModelPart Part, string Format, long Weights, IReadOnlyList<Tensor> Tensors)
{
    /// <summary>Bytes with companions.</summary>
    public long Bytes => Tensors.Sum(t => t.ByteLength);
}
