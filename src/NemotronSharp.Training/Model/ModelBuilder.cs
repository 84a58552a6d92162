using static TorchSharp.torch;

namespace NemotronSharp.Training.Model;

/// <summary>Creates parameters by the family's initialisation rules.</summary>
/// <param name="config">The model's shape.</param>
/// <param name="parameters">Where they are kept.</param>
/// <param name="std">Standard deviation of a linear layer's initial weights.</param>
internal sealed class ModelBuilder(NemotronConfig config, ParameterStore parameters, double std)
{
    public NemotronConfig Config { get; } = config;

    public ParameterStore Parameters { get; } = parameters;

    public Tensor Matrix(string name, params long[] shape) => Parameters.Matrix(name, std, shape);

    /// <summary>A projection that writes into the residual stream; smaller by sqrt(layers) so that depth does not grow the stream.</summary>
    public Tensor ResidualMatrix(string name, params long[] shape) => Parameters.Matrix(name, std / Math.Sqrt(Config.Layers.Length), shape);

    public Tensor Norm(string name, long width) => Parameters.Norm(name, width);

    /// <summary>The mixer of one layer; <paramref name="name"/> ends in <c>.mixer</c>.</summary>
    public IMixer Mixer(LayerKind kind, string name) => kind switch
    {
        LayerKind.Mamba => new Mamba2(this, name),
        LayerKind.Attention => new GroupedQueryAttention(this, name),
        LayerKind.Experts => new MixtureOfExperts(this, name),
        _ => new Mlp(this, name, Config.IntermediateSize),
    };
}
