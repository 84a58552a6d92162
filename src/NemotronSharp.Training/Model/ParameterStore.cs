using NemotronSharp.Training.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Model;

/// <summary>One learned (or, for the router bias, one nudged) tensor of the model.</summary>
/// <param name="Name">Hugging Face name; expert matrices carry the merged name, see <see cref="MixtureOfExperts"/>.</param>
/// <param name="Tensor">FP32 master weights.</param>
/// <param name="Decays">Whether AdamW's weight decay applies: matrices only.</param>
/// <param name="Learned">False for tensors that no gradient reaches.</param>
internal sealed record Parameter(string Name, Tensor Tensor, bool Decays, bool Learned)
{
    /// <summary>Learned in another stage, kept in this one.</summary>
    public bool Frozen => Learned && !Tensor.requires_grad;
}

/// <summary>
/// Every tensor of the model in creation order, by name. Owns the tensors; one thread at a time.
/// The order is part of a checkpoint's meaning: optimizer moments follow it.
/// </summary>
internal sealed class ParameterStore : IDisposable
{
    private readonly List<Parameter> _all = [];
    private readonly Dictionary<string, Parameter> _byName = [];
    private readonly Generator _generator;

    /// <param name="seed">Seeds the initial weights, which are the same on every device.</param>
    /// <param name="device">Where the tensors live; the CPU if null.</param>
    public ParameterStore(long seed, Device? device = null)
    {
        TorchNative.Load();
        Device = device ?? CPU;
        _generator = new Generator((ulong)seed, CPU);
    }

    public Device Device { get; }

    public IReadOnlyList<Parameter> All => _all;

    public Parameter this[string name] => _byName[name];

    public long ElementCount => _all.Sum(p => p.Tensor.numel());

    /// <summary>Keeps parameters as they are: no gradient is computed for them, nor through layers that hold nothing else.</summary>
    public void Freeze(Func<Parameter, bool> which)
    {
        foreach (var parameter in _all.Where(which)) parameter.Tensor.requires_grad_(false);
    }

    /// <summary>A weight matrix drawn from N(0, std²).</summary>
    public Tensor Matrix(string name, double std, params long[] shape) => Add(name, Normal(std, shape), decays: true);

    /// <summary>A weight matrix that begins with given values.</summary>
    public Tensor Matrix(string name, Tensor initial) => Add(name, initial.detach().clone(), decays: true);

    /// <summary>A norm's weight, all ones.</summary>
    public Tensor Norm(string name, long width) => Add(name, ones(width), decays: false);

    /// <summary>A vector without weight decay.</summary>
    public Tensor Vector(string name, Tensor initial) => Add(name, initial, decays: false);

    /// <summary>A tensor that the trainer changes without gradients.</summary>
    public Tensor Buffer(string name, Tensor initial) => Add(name, initial, decays: false, learned: false);

    /// <summary>Numbers from N(0, std²) from the store's own generator.</summary>
    public Tensor Normal(double std, params long[] shape) => normal(0.0, std, shape, generator: _generator).to(Device);

    /// <summary>Uniform numbers in [low, high) from the store's own generator.</summary>
    public Tensor Uniform(double low, double high, params long[] shape) => (rand(shape, generator: _generator) * (high - low) + low).to(Device);

    private Tensor Add(string name, Tensor tensor, bool decays, bool learned = true)
    {
        tensor = tensor.to(float32).to(Device).contiguous().DetachFromDisposeScope();
        tensor.requires_grad_(learned);
        var parameter = new Parameter(name, tensor, decays, learned);
        _all.Add(parameter);
        _byName.Add(name, parameter);
        return tensor;
    }

    public void Dispose()
    {
        foreach (var parameter in _all) parameter.Tensor.Dispose();
        _generator.Dispose();
    }
}
