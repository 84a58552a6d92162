using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using NemotronSharp.Numerics;

namespace NemotronSharp.Kernels.Jit;

/// <summary>
/// The assembled kernels of one weight format, row length and precision of activations. Made when first asked for, kept for the process; safe for concurrent use.
/// </summary>
internal sealed unsafe class AssembledProduct
{
    private static readonly ConcurrentDictionary<(TensorType Type, bool ScalesApart, int Columns, PackedLayout Packing), AssembledProduct?> Known = new();
    private static readonly ConcurrentDictionary<(int Columns, PackedLayout Packing), nint[]> Panels = new();

    private readonly delegate* unmanaged<KernelCall*, void> _matrixVector, _unpack;
    private readonly nint[] _panelProducts;

    private AssembledProduct(CodeDecoder forVector, CodeDecoder forPanel, int columns, PackedLayout packing)
    {
        (Zero, Order) = (forVector.Zero, forVector.Order);
        _matrixVector = (delegate* unmanaged<KernelCall*, void>)ExecutableMemory.Write(new ProductAssembler(forVector, columns, packing).MatrixVector());
        _unpack = (delegate* unmanaged<KernelCall*, void>)ExecutableMemory.Write(new ProductAssembler(forPanel, columns, packing).Unpack());
        _panelProducts = Panels.GetOrAdd((columns, packing), AssemblePanels);
    }

    /// <summary>The code of weight 0.</summary>
    public int Zero { get; }

    /// <summary>The order of activations that the kernels ask for.</summary>
    public Vector128<byte> Order { get; }

    /// <summary>Whether this processor has the instructions.</summary>
    public static bool IsSupported { get; } = Supported();

    /// <summary>The kernels of a matrix; null when its format or the processor has none.</summary>
    public static AssembledProduct? For(WeightMatrix w, PackedLayout packing) =>
        IsSupported ? Known.GetOrAdd((w.Type, w.BlockScales is not null, w.Columns, packing), Assemble) : null;

    /// <summary>Rows of weights by one token.</summary>
    public void MatrixVector(KernelCall* call) => _matrixVector(call);

    /// <summary>Rows of weights into a panel.</summary>
    public void Unpack(KernelCall* call) => _unpack(call);

    /// <summary>One or two rows of a panel by one to four tokens.</summary>
    public void PanelProduct(KernelCall* call, int rows, int tokens) =>
        ((delegate* unmanaged<KernelCall*, void>)_panelProducts[(rows - 1) * Panel.TileTokens + tokens - 1])(call);

    private static AssembledProduct? Assemble((TensorType Type, bool ScalesApart, int Columns, PackedLayout Packing) key)
    {
        if (CodeDecoder.For(key.Type, key.ScalesApart) is not { } forVector || CodeDecoder.For(key.Type, key.ScalesApart) is not { } forPanel) return null;
        try
        {
            return new AssembledProduct(forVector, forPanel, key.Columns, key.Packing);
        }
        catch (Win32Exception)
        {
            // A hardened system may refuse executable pages; the portable kernel gives the same bits.
            return null;
        }
    }

    private static nint[] AssemblePanels((int Columns, PackedLayout Packing) key)
    {
        var products = new nint[Panel.TileRows * Panel.TileTokens];
        for (var i = 0; i < products.Length; i++)
            products[i] = (nint)ExecutableMemory.Write(Panel.Product(key.Columns, key.Packing, i / Panel.TileTokens + 1, i % Panel.TileTokens + 1));
        return products;
    }

    private static bool Supported()
    {
        if (!Avx512BW.VL.IsSupported || !Fma.IsSupported) return false;
        const int Vnni = 1 << 11;
        return (X86Base.CpuId(7, 0).Ecx & Vnni) != 0;
    }
}
