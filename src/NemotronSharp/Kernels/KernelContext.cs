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

    /// <summary>Whether formats with codes are multiplied in whole numbers.</summary>
    public bool WholeNumbers => Activations != ActivationPrecision.Float32;

    /// <summary>The assembled kernels of a product in whole numbers, if there are any and they are wanted.</summary>
    public AssembledProduct? AssembledFor(in Product product) =>
        Assembled ? AssembledProduct.For(product.Weights, PackedLayout.For(Activations, product.Count)) : null;

    public void Dispose()
    {
        Workers.Dispose();
        Scratch.Dispose();
    }
}
