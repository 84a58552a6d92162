using TorchSharp;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Model;

/// <summary>The document borders of a batch as tensors, for <see cref="PlainOps"/>. Owns its tensors.</summary>
internal sealed class PlainMasks : IDisposable
{
    private readonly Tensor _age;                                                            // positions since the document's start, [B, T]
    private readonly List<Tensor> _reaches = [];

    /// <summary>For every stretch of the batch: additive, [rows, 1, length, length] in the precision of the products, 0 where a position may look; null where all is causal.</summary>
    public IReadOnlyList<Tensor?> Attention { get; }

    /// <summary>Additive, [B, C, 1, Q, Q], FP32.</summary>
    public Tensor Chunk { get; }

    /// <param name="batch">Whose borders; its tensors tell the device.</param>
    /// <param name="compute">Precision of the products.</param>
    public PlainMasks(PackedBatch batch, ScalarType compute)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var device = batch.Ids.device;
        _age = tensor(batch.Age, [batch.Rows, batch.Length]).to(device).DetachFromDisposeScope();
        var at = arange(batch.Length, dtype: int32, device: device);
        var first = at - _age;                                                                // where the document of each position began
        Attention = [.. batch.Stretches.Select(stretch =>
        {
            if (stretch.Alone) return null;
            var inside = arange(stretch.Length, dtype: int32, device: device);
            var age = _age.view(-1).narrow(0, stretch.Start, stretch.End - stretch.Start).view(stretch.Rows, stretch.Length);
            return Additive(inside - age, inside, compute).unsqueeze(1).DetachFromDisposeScope();
        })];
        long chunks = batch.Length / batch.ChunkSize;
        Chunk = Additive(first.view(batch.Rows, chunks, batch.ChunkSize), at.view(1, chunks, batch.ChunkSize), float32).unsqueeze(2).DetachFromDisposeScope();
    }

    /// <summary>1 where the position <paramref name="back"/> (1 or more) before is of the same document, [B, T, 1].</summary>
    public Tensor Reach(int back)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        while (_reaches.Count < back) _reaches.Add(_age.ge(_reaches.Count + 1).to(float32).unsqueeze(-1).DetachFromDisposeScope());
        return _reaches[back - 1];
    }

    // 0 where first(t) ≤ s ≤ t, −∞ elsewhere; both [.., n].
    private static Tensor Additive(Tensor first, Tensor at, ScalarType type)
    {
        var allowed = at.unsqueeze(-2).ge(first.unsqueeze(-1)) & at.unsqueeze(-2).le(at.unsqueeze(-1));
        return zeros(allowed.shape, type, allowed.device).masked_fill_(allowed.logical_not(), float.NegativeInfinity);
    }

    public void Dispose()
    {
        foreach (var mask in (Tensor?[])[.. _reaches, _age, .. Attention, Chunk]) mask?.Dispose();
    }
}
