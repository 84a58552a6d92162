using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace NemotronSharp.Kernels.Jit;

/// <summary>
/// Unpacked rows, the same for every format: per 256 weights four vectors of codes, then sixteen scales. Many tokens are multiplied from here.
/// </summary>
internal static class Panel
{
    public const int ChunkBytes = 5 * 64;

    /// <summary>Rows and tokens of a tile: its sums, codes and products fill the vector registers.</summary>
    public const int TileRows = 3, TileTokens = 4;

    public static int RowBytes(int columns) => PackedLayout.Chunks(columns) * ChunkBytes;

    /// <summary>
    /// Assembles: some chunks' products, added to the sums [row, token, 16] of tiles of three rows or begun with, for 1 to 4 tokens. The tiles share what they read of the activations,
    /// which should therefore stay in the first-level cache.
    /// </summary>
    public static Assembler Product(PackedLayout packing, int tokens)
    {
        var c = KernelFrame.Begin();
        AssemblerRegister64[] x = [r9, r12, r13, r14];
        for (var t = 0; t < tokens; t++) c.mov(x[t], __qword_ptr[r11 + KernelCall.OffsetOfX(t)]);
        KernelFrame.Load(c, rbx, nameof(KernelCall.Weights));
        KernelFrame.Load(c, rsi, nameof(KernelCall.RowBytes));
        KernelFrame.Load(c, rdx, nameof(KernelCall.Rows));
        KernelFrame.Load(c, r10, nameof(KernelCall.Target));
        KernelFrame.Load(c, rdi, nameof(KernelCall.XBytes));
        c.kmovq(k1, __qword_ptr[r11 + KernelCall.Offset(nameof(KernelCall.Continues))]);
        AssemblerRegisterZMM[] sums = [zmm16, zmm17, zmm18, zmm19, zmm20, zmm21, zmm22, zmm23, zmm24, zmm25, zmm26, zmm27];
        AssemblerRegisterZMM[] codes = [zmm0, zmm1, zmm2, zmm3, zmm4, zmm5, zmm6, zmm7, zmm8, zmm9, zmm10, zmm11];
        AssemblerRegisterZMM[] low = [zmm12, zmm13, zmm14], high = [zmm15, zmm28, zmm29];
        AssemblerMemoryOperand[] rows = [r8 + 0, r8 + rsi, r8 + rsi * 2];

        Label tile = c.CreateLabel(), chunk = c.CreateLabel();
        c.Label(ref tile);
        c.mov(r8, rbx);
        for (var i = 0; i < TileRows * tokens; i++) c.vmovups(sums[i].k1.z, __zmmword_ptr[r10 + 64 * i]);
        c.xor(ecx, ecx);
        c.Label(ref chunk);
        for (var r = 0; r < TileRows; r++)
            for (var q = 0; q < 4; q++) c.vmovdqu32(codes[4 * r + q], __zmmword_ptr[rows[r] + 64 * q]);
        for (var t = 0; t < tokens; t++)
        {
            var at = x[t] + rcx;
            c.vmovdqu32(low[0], __zmmword_ptr[at + packing.Start]);
            for (var r = 1; r < TileRows; r++) c.vmovdqa32(low[r], low[0]);
            if (packing.Bytes == 2) for (var r = 0; r < TileRows; r++) c.vpxord(high[r], high[r], high[r]);
            for (var q = 0; q < 4; q++)
            {
                c.vmovdqu32(zmm30, __zmmword_ptr[at + PackedLayout.Low + 64 * q]);
                if (packing.Bytes == 2) c.vmovdqu32(zmm31, __zmmword_ptr[at + PackedLayout.High + 64 * q]);
                for (var r = 0; r < TileRows; r++) c.vpdpbusd(low[r], codes[4 * r + q], zmm30);
                if (packing.Bytes == 2) for (var r = 0; r < TileRows; r++) c.vpdpbusd(high[r], codes[4 * r + q], zmm31);
            }
            c.vmovups(zmm30, __zmmword_ptr[at + packing.Scale]);
            for (var r = 0; r < TileRows; r++)
            {
                if (packing.Bytes == 2)
                {
                    c.vpslld(high[r], high[r], 8);
                    c.vpaddd(low[r], low[r], high[r]);
                }
                c.vcvtdq2ps(low[r], low[r]);
                c.vmulps(low[r], low[r], zmm30);
                c.vfmadd231ps(sums[r * tokens + t], low[r], __zmmword_ptr[rows[r] + 256]);
            }
        }
        c.add(r8, ChunkBytes);
        c.add(rcx, packing.ChunkBytes);
        c.cmp(rcx, rdi);
        c.jb(chunk);

        for (var i = 0; i < TileRows * tokens; i++) c.vmovups(__zmmword_ptr[r10 + 64 * i], sums[i]);
        c.add(r10, 64 * TileRows * tokens);
        c.lea(rbx, __[rbx + rsi * 2]);
        c.add(rbx, rsi);
        c.dec(rdx);
        c.jnz(tile);
        KernelFrame.End(c);
        return c;
    }
}
