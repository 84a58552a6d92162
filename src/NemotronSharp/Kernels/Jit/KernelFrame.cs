using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace NemotronSharp.Kernels.Jit;

/// <summary>
/// Entry and exit of an assembled kernel <c>void(KernelCall*)</c>. Inside, every general register but rsp and rbp is free, r11 points to the call, and all vector
/// registers are free: what a calling convention wants kept (on Windows xmm6 to xmm15 too) is kept here.
/// </summary>
internal static class KernelFrame
{
    private static readonly AssemblerRegister64[] Kept = [rbx, rsi, rdi, r12, r13, r14, r15];
    private static readonly AssemblerRegisterXMM[] KeptByWindows = [xmm6, xmm7, xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15];

    public static Assembler Begin()
    {
        var c = new Assembler(64);
        foreach (var register in Kept) c.push(register);
        c.mov(r11, OperatingSystem.IsWindows() ? rcx : rdi);
        if (!OperatingSystem.IsWindows()) return c;
        c.sub(rsp, 16 * KeptByWindows.Length);
        for (var i = 0; i < KeptByWindows.Length; i++) c.vmovups(__xmmword_ptr[rsp + 16 * i], KeptByWindows[i]);
        return c;
    }

    public static void End(Assembler c)
    {
        if (OperatingSystem.IsWindows())
        {
            for (var i = 0; i < KeptByWindows.Length; i++) c.vmovups(KeptByWindows[i], __xmmword_ptr[rsp + 16 * i]);
            c.add(rsp, 16 * KeptByWindows.Length);
        }
        for (var i = Kept.Length - 1; i >= 0; i--) c.pop(Kept[i]);
        c.vzeroupper();
        c.ret();
    }

    /// <summary>A field of the call.</summary>
    public static AssemblerMemoryOperand Field(string field) => __qword_ptr[r11 + KernelCall.Offset(field)];

    /// <summary>A field of the call into a register.</summary>
    public static void Load(Assembler c, AssemblerRegister64 register, string field) => c.mov(register, Field(field));
}
