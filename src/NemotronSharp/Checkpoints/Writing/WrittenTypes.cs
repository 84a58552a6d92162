using NemotronSharp.Numerics;

namespace NemotronSharp.Checkpoints;

/// <summary>What the matrices of a model became when it was written.</summary>
public sealed class WrittenTypes
{
    private readonly SortedDictionary<(ModelPart Part, TensorType Type), (int Matrices, long Weights, long Bytes)> _entries = [];

    /// <summary>Part, type, how many matrices and weights, and bytes of the weights without factors beside them.</summary>
    public IEnumerable<(ModelPart Part, TensorType Type, int Matrices, long Weights, long Bytes)> Entries =>
        _entries.Select(e => (e.Key.Part, e.Key.Type, e.Value.Matrices, e.Value.Weights, e.Value.Bytes));

    internal void Add(ModelPart part, TensorType type, int matrices, long weights, long bytes)
    {
        var sum = _entries.GetValueOrDefault((part, type));
        _entries[(part, type)] = (sum.Matrices + matrices, sum.Weights + weights, sum.Bytes + bytes);
    }
}
