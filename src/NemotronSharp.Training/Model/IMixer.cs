using static TorchSharp.torch;

namespace NemotronSharp.Training.Model;

/// <summary>What one residual layer adds: x [B, T, H] (normed) to [B, T, H].</summary>
internal interface IMixer
{
    Tensor Forward(Tensor x, PackedBatch batch, ForwardPass pass);
}
