using static TorchSharp.torch;

namespace NemotronSharp.Training.Model;

/// <summary>
/// Multi-token-prediction head: from the hidden state at t and the embedding of token t+1 to a hidden state that predicts
/// token t+2. The embedding table and the output matrix are the backbone's. Deeper predictions reuse the same weights.
/// </summary>
internal sealed class MtpHead
{
    /// <summary>What the names of the head's own parameters begin with.</summary>
    public const string Prefix = "mtp.";

    private readonly double _epsilon;
    private readonly Tensor _embeddingNorm, _hiddenNorm, _join, _finalNorm;
    private readonly ResidualLayer[] _layers;

    public MtpHead(ModelBuilder build)
    {
        var c = build.Config;
        _epsilon = c.NormEpsilon;
        _embeddingNorm = build.Norm("mtp.layers.0.enorm.weight", c.HiddenSize);
        _hiddenNorm = build.Norm("mtp.layers.0.hnorm.weight", c.HiddenSize);
        _join = build.Matrix("mtp.layers.0.eh_proj.weight", c.HiddenSize, 2 * c.HiddenSize);
        _layers = [.. c.MtpLayers.Select((kind, i) => new ResidualLayer(build, kind, $"mtp.layers.{i}"))];
        _finalNorm = build.Norm($"mtp.layers.{c.MtpLayers.Length - 1}.final_layernorm.weight", c.HiddenSize);
    }

    public IEnumerable<ResidualLayer> Layers => _layers;

    /// <param name="hidden">[B, T, H]: the backbone's output after its final norm, or this head's own output for the next depth.</param>
    /// <param name="nextEmbedding">[B, T, H]: embedding of the token that follows.</param>
    /// <returns>[B, T, H], ready for the output matrix.</returns>
    public Tensor Forward(Tensor hidden, Tensor nextEmbedding, PackedBatch batch, ForwardPass pass)
    {
        var joined = cat([Ops.RmsNorm(nextEmbedding, _embeddingNorm, _epsilon, pass), Ops.RmsNorm(hidden, _hiddenNorm, _epsilon, pass)], -1);
        var x = Ops.Linear(joined, _join, pass.Compute).to(float32);
        foreach (var layer in _layers) x = layer.Forward(x, batch, pass);
        return Ops.RmsNorm(x, _finalNorm, _epsilon, pass);
    }
}
