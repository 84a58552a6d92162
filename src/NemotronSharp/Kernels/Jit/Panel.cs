using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace NemotronSharp.Kernels.Jit;

/// <summary>
/// Unpacked rows, the same for every format: per 256 weights four vectors of codes, then sixteen scales. Several tokens are multiplied from here.
/// </summary>
internal static class Panel
{
    public const int ChunkBytes = 5 * 64;

    /// <summary>Rows and tokens that one kernel multiplies at most.</summary>
    public const int TileRows = 2, TileTokens = 4;

    public static int RowBytes(int columns) => PackedLayout.Chunks(columns) * ChunkBytes;

    /// <summary>Assembles: sixteen sums for each of 1 or 2 rows and 1 to 4 tokens, [row, token, 16] float32.</summary>
    public static Assembler Product(int columns, PackedLayout packing, int rows, int tokens)
    {
        var c = new Assembler(64);
        c.mov(r11, OperatingSystem.IsWindows() ? rcx : rdi);
        c.mov(r8, __qword_ptr[r11 + KernelCall.Offset(nameof(KernelCall.Weights))]);
        AssemblerRegister64[] x = [r9, r10, rax, rdx];
        string[] fields = [nameof(KernelCall.X0), nameof(KernelCall.X1), nameof(KernelCall.X2), nameof(KernelCall.X3)];
        for (var t = 0; t < tokens; t++) c.mov(x[t], __qword_ptr[r11 + KernelCall.Offset(fields[t])]);
        AssemblerRegisterZMM[] sums = [zmm16, zmm17, zmm18, zmm19, zmm20, zmm21, zmm22, zmm23];
        for (var i = 0; i < rows * tokens; i++) c.vpxord(sums[i], sums[i], sums[i]);
        AssemblerRegisterZMM[] codes = [zmm0, zmm1, zmm2, zmm3, zmm24, zmm25, zmm26, zmm27], low = [zmm4, zmm28], high = [zmm5, zmm29];

        c.xor(ecx, ecx);
        var chunk = c.CreateLabel();
        c.Label(ref chunk);
        for (var r = 0; r < rows; r++)
            for (var q = 0; q < 4; q++) c.vmovdqu32(codes[4 * r + q], __zmmword_ptr[r8 + r * RowBytes(columns) + 64 * q]);
        for (var t = 0; t < tokens; t++)
        {
            c.vmovdqu32(low[0], __zmmword_ptr[x[t] + rcx + packing.Start]);
            if (rows > 1) c.vmovdqa32(low[1], low[0]);
            if (packing.Bytes == 2) for (var r = 0; r < rows; r++) c.vpxord(high[r], high[r], high[r]);
            for (var q = 0; q < 4; q++)
            {
                c.vmovdqu32(zmm30, __zmmword_ptr[x[t] + rcx + PackedLayout.Low + 64 * q]);
                if (packing.Bytes == 2) c.vmovdqu32(zmm31, __zmmword_ptr[x[t] + rcx + PackedLayout.High + 64 * q]);
                for (var r = 0; r < rows; r++)
                {
                    c.vpdpbusd(low[r], codes[4 * r + q], zmm30);
                    if (packing.Bytes == 2) c.vpdpbusd(high[r], codes[4 * r + q], zmm31);
                }
            }
            for (var r = 0; r < rows; r++)
            {
                if (packing.Bytes == 2)
                {
                    c.vpslld(high[r], high[r], 8);
                    c.vpaddd(low[r], low[r], high[r]);
                }
                c.vcvtdq2ps(low[r], low[r]);
                c.vmulps(low[r], low[r], __zmmword_ptr[x[t] + rcx + packing.Scale]);
                c.vfmadd231ps(sums[r * tokens + t], low[r], __zmmword_ptr[r8 + r * RowBytes(columns) + 256]);
            }
        }
        c.add(r8, ChunkBytes);
        c.add(rcx, packing.ChunkBytes);
        c.cmp(rcx, packing.RowBytes(columns));
        c.jb(chunk);

        c.mov(r11, __qword_ptr[r11 + KernelCall.Offset(nameof(KernelCall.Target))]);
        for (var i = 0; i < rows * tokens; i++) c.vmovups(__zmmword_ptr[r11 + 64 * i], sums[i]);
        c.vzeroupper();
        c.ret();
        return c;
    }
}
