using NemotronSharp.Kernels.Jit;
using NemotronSharp.Numerics;

namespace NemotronSharp.Kernels;

/// <summary>What every kernel of an engine shares: its threads, its scratch memory and the precision of activations. Owned by the engine, used by one step at a time.</summary>
internal sealed class KernelContext(int threads, ActivationPrecision activations) : IDisposable
{
    public Workers Workers { get; } = new(threads);

    public Arena Scratch { get; } = new();

    public ActivationPrecision Activations { get; } = activations;

    /// <summary>Whether assembled kernels may be used where the machine has them; the portable ones give the same bits.</summary>
    public bool Assembled { get; init; } = true;

    /// <summary>How activations are packed for whole-number products; null when there are none.</summary>
    public PackedLayout? Packing { get; } = activations switch
    {
        ActivationPrecision.Int16 => new PackedLayout(2),
        ActivationPrecision.Int8 => new PackedLayout(1),
        _ => null,
    };

    /// <summary>The assembled kernels of a matrix, if there are any and they are wanted.</summary>
    public AssembledProduct? AssembledFor(WeightMatrix w) => Assembled && Packing is { } packing ? AssembledProduct.For(w, packing) : null;

    public void Dispose()
    {
        Workers.Dispose();
        Scratch.Dispose();
    }
}
