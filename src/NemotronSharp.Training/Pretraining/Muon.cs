using NemotronSharp.Training.Model;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Pretraining;

/// <summary>
/// Muon's update (K. Jordan 2024; scaled as in arXiv 2502.16982): the momentum of a hidden matrix, made nearly orthogonal, so that
/// every direction of the matrix learns at the same speed.
/// </summary>
internal static class Muon
{
    public const float Momentum = 0.95f;

    // Makes an update's root mean square that of AdamW, so that both live with one learning rate.
    private const double AdamWLikeScale = 0.2;

    /// <summary>Matrices inside the network. Embeddings, output matrix and routers have rows that are things of their own: AdamW suits them.</summary>
    public static bool Suits(Parameter parameter) =>
        parameter.Decays && parameter.Tensor.dim() >= 2 && !parameter.Name.Contains("embeddings") && !parameter.Name.StartsWith("lm_head", StringComparison.Ordinal) && !parameter.Name.Contains("gate");

    /// <summary>The step for a momentum of shape [.., rows, columns]; every matrix of a stack on its own.</summary>
    public static Tensor Direction(Tensor momentum)
    {
        var tall = momentum.shape[^2] > momentum.shape[^1];
        var x = tall ? momentum.transpose(-1, -2) : momentum;
        x = x / (x.square().sum([-2, -1], keepdim: true).sqrt() + 1e-7);
        // The quintic Newton–Schulz iteration: singular values end between about 0.7 and 1.2.
        for (var i = 0; i < 5; i++)
        {
            var a = matmul(x, x.transpose(-1, -2));
            x = 3.4445 * x + matmul(-4.7750 * a + 2.0315 * matmul(a, a), x);
        }
        var scale = AdamWLikeScale * Math.Sqrt(Math.Max(momentum.shape[^2], momentum.shape[^1]));
        return ((tall ? x.transpose(-1, -2) : x) * scale).contiguous();
    }
}
