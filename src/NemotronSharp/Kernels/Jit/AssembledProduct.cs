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
    private static readonly ConcurrentDictionary<PackedLayout, Kernels> PanelProducts = new();

    private readonly Kernels? _rows, _unpack, _panelProduct;

    private AssembledProduct(TensorType type, bool scalesApart, int columns, PackedLayout packing)
    {
        Decoder = NewDecoder();
        Panel = new Panel(packing);
        if (packing.Form != PackedForm.Words) _rows = new Kernels(IntegerProduct.DirectTokens, tokens => NewAssembler().Rows(packing, tokens));
        if (packing.Form == PackedForm.TwoBytes) return;
        _unpack = new Kernels(1, _ => NewAssembler().Unpack(Panel));
        _panelProduct = PanelProducts.GetOrAdd(packing, _ => new Kernels(Panel.TileTokens, Panel.Product));

        // A decoder's constants belong to one kernel.
        ProductAssembler NewAssembler() => new(NewDecoder(), columns);
        CodeDecoder NewDecoder() => CodeDecoder.For(type, scalesApart, signed: packing.Form == PackedForm.Words)!;
    }

    /// <summary>What the kernels make of weights, and so ask of activations.</summary>
    public CodeDecoder Decoder { get; }

    /// <summary>Where unpacked rows lie.</summary>
    public Panel Panel { get; }

    /// <summary>Whether this processor has the instructions.</summary>
    public static bool IsSupported { get; } = Supported();

    /// <summary>The kernels of a matrix; null when its format or the processor has none.</summary>
    public static AssembledProduct? For(WeightMatrix w, PackedLayout packing) =>
        IsSupported ? Known.GetOrAdd((w.Type, w.BlockScales is not null, w.Columns, packing), Assemble) : null;

    /// <summary>Rows of weights by one to four tokens: sums [row, token, 16]. Not for words.</summary>
    public void Rows(KernelCall* call, int tokens) => _rows!.Run(call, tokens);

    /// <summary>Chunks of rows of weights into a panel. Not for values of two bytes.</summary>
    public void Unpack(KernelCall* call) => _unpack!.Run(call, 1);

    /// <summary>A tile of a panel by tiles of one to four tokens: sums [tile, row, token, 16]. Not for values of two bytes.</summary>
    public void PanelProduct(KernelCall* call, int tokens) => _panelProduct!.Run(call, tokens);

    private static AssembledProduct? Assemble((TensorType Type, bool ScalesApart, int Columns, PackedLayout Packing) key)
    {
        if (CodeDecoder.For(key.Type, key.ScalesApart, signed: false) is null) return null;
        try
        {
            return new AssembledProduct(key.Type, key.ScalesApart, key.Columns, key.Packing);
        }
        catch (Win32Exception)
        {
            // A hardened system may refuse executable pages; the portable kernel gives the same bits.
            return null;
        }
    }

    private static bool Supported()
    {
        // Byte permutations and VNNI: every server core since Ice Lake and Zen 4.
        const int Vbmi = 1 << 1, Vnni = 1 << 11;
        return Avx512BW.VL.IsSupported && Fma.IsSupported && (X86Base.CpuId(7, 0).Ecx & (Vbmi | Vnni)) == (Vbmi | Vnni);
    }

    /// <summary>One kernel for each number of tokens, 1 to some.</summary>
    private sealed class Kernels(int most, Func<int, Iced.Intel.Assembler> assemble)
    {
        private readonly nint[] _code = [.. Enumerable.Range(1, most).Select(tokens => (nint)ExecutableMemory.Write(assemble(tokens)))];

        // A kernel runs for microseconds and never comes back into managed code: a garbage collection may wait for it.
        public void Run(KernelCall* call, int tokens) => ((delegate* unmanaged[SuppressGCTransition]<KernelCall*, void>)_code[tokens - 1])(call);
    }
}
