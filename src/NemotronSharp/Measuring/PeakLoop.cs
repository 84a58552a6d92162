using System.ComponentModel;
using System.Runtime.Intrinsics.X86;
using Iced.Intel;
using NemotronSharp.Kernels.Jit;
using static Iced.Intel.AssemblerRegisters;

namespace NemotronSharp;

/// <summary>
/// A loop of one dot-product instruction on independent accumulators, assembled for this processor: <c>void loop(long rounds)</c>.
/// Twenty accumulators, so that neither latency (four or five cycles, two a cycle) nor the loop's own two instructions are what is measured.
/// </summary>
/// <param name="Code">Its address.</param>
/// <param name="OpsPerRound">Multiplications and additions of a round.</param>
internal sealed record PeakLoop(nint Code, double OpsPerRound)
{
    private const int Lanes = 16, Vnni = 1 << 11, Bf16 = 1 << 5;

    // Registers that no calling convention preserves.
    private static readonly AssemblerRegisterZMM[] Accumulators =
    [
        zmm0, zmm1, zmm2, zmm3, zmm16, zmm17, zmm18, zmm19, zmm20, zmm21, zmm22, zmm23, zmm24, zmm25, zmm26, zmm27, zmm28, zmm29, zmm30, zmm31,
    ];

    /// <summary><c>vpdpbusd</c>; null where the processor has none.</summary>
    public static PeakLoop? Int8 { get; } = Avx512F.IsSupported && (X86Base.CpuId(7, 0).Ecx & Vnni) != 0 ? Make(4, (c, sum) => c.vpdpbusd(sum, zmm4, zmm5)) : null;

    /// <summary><c>vdpbf16ps</c>; null where the processor has none.</summary>
    public static PeakLoop? BFloat16 { get; } = Avx512F.IsSupported && (X86Base.CpuId(7, 1).Eax & Bf16) != 0 ? Make(2, (c, sum) => c.vdpbf16ps(sum, zmm4, zmm5)) : null;

    private static unsafe PeakLoop? Make(int productsPerLane, Action<Assembler, AssemblerRegisterZMM> instruction)
    {
        var c = new Assembler(64);
        var rounds = OperatingSystem.IsWindows() ? rcx : rdi;
        foreach (var register in (AssemblerRegisterZMM[])[.. Accumulators, zmm4, zmm5]) c.vpxord(register, register, register);
        var next = c.CreateLabel();
        c.Label(ref next);
        foreach (var sum in Accumulators) instruction(c, sum);
        c.dec(rounds);
        c.jne(next);
        c.vzeroupper();
        c.ret();
        try
        {
            return new PeakLoop((nint)ExecutableMemory.Write(c), 2.0 * Lanes * productsPerLane * Accumulators.Length);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
