using NemotronSharp.Numerics;

namespace NemotronSharp.State;

/// <summary>
/// A place that a sequence can be taken back to: <see cref="SequenceState.Snapshot"/>. It holds what cannot be cut short (Mamba states and convolution windows); keys and values
/// stay with the sequence, so it serves that sequence alone, and as long as they have not been overwritten. Dispose it to free its memory; one thread at a time.
/// </summary>
public sealed class StateSnapshot : IDisposable
{
    private readonly SequenceState _state;

    internal StateSnapshot(SequenceState state, NativeBuffer mamba, KeptInputs? kept) => (_state, Mamba, KeptInputs) = (state, mamba, kept);

    /// <summary>Tokens that the sequence had seen.</summary>
    public int Position { get; internal init; }

    /// <summary>False once the sequence went back behind this place and then on another way: its keys and values are gone.</summary>
    public bool IsValid { get; internal set; } = true;

    /// <summary>Bytes held.</summary>
    public long Bytes => Mamba.Length * sizeof(float) + (KeptInputs?.Bytes ?? 0);

    internal NativeBuffer Mamba { get; }

    internal KeptInputs? KeptInputs { get; }

    internal int Kept { get; init; }

    internal int MtpPosition { get; init; }

    internal int MtpSeen { get; init; }

    internal bool IsOf(SequenceState state) => ReferenceEquals(state, _state);

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        _state.Forget(this);
        IsValid = false;
        Mamba.Dispose();
        KeptInputs?.Dispose();
    }
}
