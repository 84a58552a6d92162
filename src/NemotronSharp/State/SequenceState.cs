using NemotronSharp.Numerics;

namespace NemotronSharp.State;

/// <summary>
/// All that a conversation is to the model: Mamba states, convolution windows and keys/values of one sequence, which move as one.
/// Owned by whoever created it; used by one thread at a time, together with the engine it came from; its memory lives until disposed.
/// </summary>
public sealed unsafe class SequenceState : IDisposable
{
    private readonly NemotronConfig _config;
    private readonly NativeBuffer _mamba;
    private readonly KeyValueCache[] _attention;

    internal SequenceState(NemotronConfig config) : this(
        config,
        new NativeBuffer(config.CountOf(LayerKind.Mamba) * MambaLength(config)),
        [.. Enumerable.Range(0, config.Layers.Length).Where(layer => config.Layers[layer] == LayerKind.Attention).Select(layer => NewCache(config.At(layer)))],
        config.MtpDepth > 0 ? NewCache(config.At(config.Layers.Length)) : null)
    {
    }

    private SequenceState(NemotronConfig config, NativeBuffer mamba, KeyValueCache[] attention, KeyValueCache? mtp) =>
        (_config, _mamba, _attention, Mtp) = (config, mamba, attention, mtp);

    /// <summary>Tokens that have moved this state.</summary>
    public int Position { get; internal set; }

    /// <summary>Bytes held now; grows with the tokens when the model has attention layers.</summary>
    public long Bytes => _mamba.Length * sizeof(float) + _attention.Sum(c => c.Bytes) + (Mtp?.Bytes ?? 0);

    /// <summary>Keys and values of the MTP head's attention; null without one.</summary>
    internal KeyValueCache? Mtp { get; }

    /// <summary>Tokens that the MTP head has seen.</summary>
    internal int MtpPosition { get; set; }

    /// <summary>[K − 1, D_conv] window of the n-th Mamba layer, oldest row first.</summary>
    internal float* ConvWindow(int mambaLayer) => _mamba.Data + mambaLayer * MambaLength(_config);

    /// <summary>[h, N, P] state of the n-th Mamba layer.</summary>
    internal float* ScanState(int mambaLayer) => ConvWindow(mambaLayer) + WindowLength(_config);

    /// <summary>Keys and values of the n-th attention layer.</summary>
    internal KeyValueCache KeyValues(int attentionLayer) => _attention[attentionLayer];

    /// <summary>An independent copy: both continue from here without seeing each other.</summary>
    public SequenceState Clone()
    {
        var mamba = new NativeBuffer(_mamba.Length);
        _mamba.CopyTo(mamba);
        return new SequenceState(_config, mamba, [.. _attention.Select(c => c.Clone(Position))], Mtp?.Clone(MtpPosition)) { Position = Position, MtpPosition = MtpPosition };
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        _mamba.Dispose();
        foreach (var cache in _attention) cache.Dispose();
        Mtp?.Dispose();
    }

    private static KeyValueCache NewCache(NemotronConfig config) => new(config.NumKeyValueHeads, config.HeadDim);

    // Rounded to cache lines, so that every layer's state is aligned.
    private static long WindowLength(NemotronConfig c) => ((long)(c.ConvKernel - 1) * c.MambaConvSize + 15) & ~15L;

    private static long MambaLength(NemotronConfig c) => WindowLength(c) + (((long)c.MambaInnerSize * c.SsmStateSize + 15) & ~15L);
}
