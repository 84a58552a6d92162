using static TorchSharp.torch;

namespace NemotronSharp.Training.Model;

/// <summary>Creates parameters by the family's initialisation rules.</summary>
/// <param name="config">The model's shape.</param>
/// <param name="parameters">Where they are kept.</param>
/// <param name="initial">How they are drawn.</param>
internal sealed class ModelBuilder(NemotronConfig config, ParameterStore parameters, InitialWeights initial)
{
    public NemotronConfig Config { get; } = config;

    public ParameterStore Parameters { get; } = parameters;

    public Tensor Matrix(string name, params long[] shape) => Parameters.Matrix(name, initial.Std, shape);

    /// <summary>A matrix that begins with values derived from another's if the recipe wants it, else with random ones.</summary>
    public Tensor Matrix(string name, Func<Tensor> mimic, params long[] shape)
    {
        if (!initial.Mimetic) return Matrix(name, shape);
        using var _ = no_grad();
        return Parameters.Matrix(name, mimic());
    }

    /// <summary>The same for a projection into the residual stream.</summary>
    public Tensor ResidualMatrix(string name, Func<Tensor> mimic, params long[] shape) => initial.Mimetic ? Matrix(name, mimic, shape) : ResidualMatrix(name, shape);

    /// <summary>A projection that writes into the residual stream; smaller by sqrt(layers) so that depth does not grow the stream.</summary>
    public Tensor ResidualMatrix(string name, params long[] shape) => Parameters.Matrix(name, initial.Std / Math.Sqrt(Config.Layers.Length), shape);

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
