using NemotronSharp.Numerics;

namespace NemotronSharp.State;

/// <summary>
/// All that a conversation is to the model: Mamba states, convolution windows and keys/values of one sequence, which move as one.
/// Owned by whoever created it; used by one thread at a time, together with the engine it came from; its memory lives until disposed.
/// </summary>
public sealed unsafe class SequenceState : IDisposable
{
    private readonly NativeBuffer _mamba;
    private readonly PagePool _pages;
    private readonly KeyValueCache[] _attention;
    private readonly List<StateSnapshot> _snapshots = [];
    private KeptInputs? _kept;
    private int _takenBack;

    internal SequenceState(NemotronConfig config, KeyValuePrecision keyValues)
    {
        Config = config;
        _mamba = new NativeBuffer(config.CountOf(LayerKind.Mamba) * MambaLength(config));
        _pages = new PagePool();
        _attention = [.. Enumerable.Range(0, config.Layers.Length).Where(layer => config.Layers[layer] == LayerKind.Attention).Select(layer => NewCache(config.At(layer), keyValues))];
        Mtp = config.MtpDepth > 0 ? NewCache(config.At(config.Layers.Length), keyValues) : null;
    }

    private SequenceState(SequenceState other)
    {
        Config = other.Config;
        _mamba = new NativeBuffer(other._mamba.Length);
        other._mamba.CopyTo(_mamba);
        _pages = new PagePool();
        _attention = [.. other._attention.Select(c => c.Clone(other.Position, _pages))];
        Mtp = other.Mtp?.Clone(other.MtpPosition, _pages);
        _kept = other.Kept > 0 ? other._kept!.Clone(other.Kept, other._kept.Capacity) : null;
        (Position, Kept, MtpPosition, MtpSeen) = (other.Position, other.Kept, other.MtpPosition, other.MtpSeen);
    }

    /// <summary>Tokens that have moved this state.</summary>
    public int Position { get; private set; }

    /// <summary>Tokens, the last ones, that <see cref="Rewind"/> can take back now: as many as the last step was asked to keep.</summary>
    public int Kept { get; private set; }

    /// <summary>Bytes used now; grows with the tokens when the model has attention layers. Room for the next keys and values, at most as much again and 2 MiB, is not counted.</summary>
    public long Bytes => _mamba.Length * sizeof(float) + _attention.Sum(c => c.Bytes) + (Mtp?.Bytes ?? 0) + (_kept?.Bytes ?? 0);

    /// <summary>The shape that this state is for; the engine it came from has the same object.</summary>
    internal NemotronConfig Config { get; }

    internal bool IsDisposed => _mamba.Data is null;

    /// <summary>Number of the engine's step that this state last took part in, to find it twice in one.</summary>
    internal long StepNumber { get; set; }

    /// <summary>Keys and values of the MTP head's attention; null without one.</summary>
    internal KeyValueCache? Mtp { get; }

    /// <summary>Tokens in the MTP head's keys and values.</summary>
    internal int MtpPosition { get; set; }

    /// <summary>Position in the text behind the last token that the head has seen; it may have begun late.</summary>
    internal int MtpSeen { get; set; }

    /// <summary>[K − 1, D_conv] window of the n-th Mamba layer, oldest row first.</summary>
    internal float* ConvWindow(int mambaLayer) => _mamba.Data + mambaLayer * MambaLength(Config);

    /// <summary>[h, N, P] state of the n-th Mamba layer.</summary>
    internal float* ScanState(int mambaLayer) => ConvWindow(mambaLayer) + WindowLength(Config);

    /// <summary>What the n-th Mamba layer was given for the <see cref="Kept"/> last tokens, which its window and state have not seen, and room for others.</summary>
    internal Rows KeptRows(int mambaLayer) => _kept!.Layer(mambaLayer);

    /// <summary>Keys and values of the n-th attention layer.</summary>
    internal KeyValueCache KeyValues(int attentionLayer) => _attention[attentionLayer];

    /// <summary>An independent copy: both continue from here without seeing each other.</summary>
    public SequenceState Clone() => new(this);

    /// <summary>Takes the last tokens back, as if they had never been.</summary>
    /// <param name="tokens">How many, 0 to <see cref="Kept"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than none.</exception>
    /// <exception cref="InvalidOperationException">More than are kept; the state has not moved.</exception>
    public void Rewind(int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        if (tokens > Kept) throw new InvalidOperationException($"position {Position}: found {tokens} tokens to take back, expected at most the {Kept} that the last step was asked to keep");
        if (tokens == 0) return;
        Position -= tokens;
        Kept -= tokens;
        _takenBack += tokens;
        // The head sees a token when the next one is known.
        var unseen = Math.Max(0, MtpSeen - Math.Max(0, Position - 1));
        MtpSeen -= unseen;
        MtpPosition = Math.Max(0, MtpPosition - unseen);
    }

    /// <summary>Remembers this place. Cheap beside <see cref="Clone"/>: keys and values are not copied.</summary>
    public StateSnapshot Snapshot()
    {
        var mamba = new NativeBuffer(_mamba.Length);
        _mamba.CopyTo(mamba);
        var snapshot = new StateSnapshot(this, mamba, Kept > 0 ? _kept!.Clone(Kept, Kept) : null) { Position = Position, Kept = Kept, MtpPosition = MtpPosition, MtpSeen = MtpSeen };
        _snapshots.Add(snapshot);
        return snapshot;
    }

    /// <summary>Goes back to a place, which can be restored again. Tokens that were kept there are kept again.</summary>
    /// <exception cref="ArgumentException">A snapshot of another sequence.</exception>
    /// <exception cref="InvalidOperationException">It is no longer valid; the state has not moved.</exception>
    public void Restore(StateSnapshot snapshot)
    {
        if (!snapshot.IsOf(this)) throw new ArgumentException("found a snapshot of another sequence, expected one of this", nameof(snapshot));
        if (!snapshot.IsValid)
            throw new InvalidOperationException($"position {snapshot.Position}: found a snapshot that was disposed or whose keys and values were overwritten, expected a valid one: the sequence went back behind it and then on");
        snapshot.Mamba.CopyTo(_mamba);
        if (snapshot.Kept > 0)
        {
            _kept?.Dispose();
            _kept = snapshot.KeptInputs!.Clone(snapshot.Kept, snapshot.Kept);
        }
        (Position, Kept, _takenBack, MtpPosition, MtpSeen) = (snapshot.Position, snapshot.Kept, 0, snapshot.MtpPosition, snapshot.MtpSeen);
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        _mamba.Dispose();
        _pages.Dispose();
        _kept?.Dispose();
    }

    /// <summary>Makes room for tokens to keep; those kept now stay.</summary>
    internal void ReserveKept(int tokens)
    {
        if (tokens <= (_kept?.Capacity ?? 0)) return;
        var layers = Config.CountOf(LayerKind.Mamba);
        var larger = _kept?.Clone(Kept, tokens) ?? new KeptInputs(layers, tokens, Config.MambaConvSize + Config.MambaNumHeads);
        _kept?.Dispose();
        (_kept, _takenBack) = (larger, 0);
    }

    /// <summary>A step has moved all layers over tokens, the last of which can be taken back.</summary>
    internal void Advance(int tokens, int kept)
    {
        foreach (var snapshot in _snapshots)
            if (snapshot.Position > Position) snapshot.IsValid = false;
        Position += tokens;
        (Kept, _takenBack) = (kept, 0);
    }

    /// <summary>Undoes <see cref="Rewind"/> for the first of the tokens taken back; no step may lie between.</summary>
    internal void Redo(int tokens)
    {
        if (tokens > _takenBack) throw new InvalidOperationException($"position {Position}: found {tokens} tokens to redo, expected at most the {_takenBack} taken back");
        Position += tokens;
        Kept += tokens;
        _takenBack -= tokens;
    }

    internal void Forget(StateSnapshot snapshot) => _snapshots.Remove(snapshot);

    private KeyValueCache NewCache(NemotronConfig config, KeyValuePrecision precision) => new(config.NumKeyValueHeads, config.HeadDim, precision, _pages);

    // Rounded to cache lines, so that every layer's state is aligned.
    private static long WindowLength(NemotronConfig c) => ((long)(c.ConvKernel - 1) * c.MambaConvSize + 15) & ~15L;

    private static long MambaLength(NemotronConfig c) => WindowLength(c) + (((long)c.MambaInnerSize * c.SsmStateSize + 15) & ~15L);
}
