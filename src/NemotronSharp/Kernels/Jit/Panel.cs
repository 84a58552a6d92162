using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace NemotronSharp.Kernels.Jit;

/// <summary>
/// Unpacked rows, the same for every format: per 256 weights their codes, in four vectors of bytes or, for activations of sixteen bits, in eight of words, then sixteen scales.
/// Many tokens are multiplied from here.
/// </summary>
/// <param name="packing">How activations are packed: as bytes or as words.</param>
internal readonly struct Panel(PackedLayout packing)
{
    /// <summary>Rows and tokens of a tile. So many products at once, each added to in turn, never wait for each other; their sums are in memory.</summary>
    public const int TileRows = 6, TileTokens = 4;

    private static readonly AssemblerRegisterZMM[] Products =
    [
        zmm0, zmm1, zmm2, zmm3, zmm4, zmm5, zmm6, zmm7, zmm8, zmm9, zmm10, zmm11, zmm12, zmm13, zmm14, zmm15, zmm16, zmm17, zmm18, zmm19, zmm20, zmm21, zmm22, zmm23,
    ];

    private static readonly AssemblerRegisterZMM[] Values = [zmm24, zmm25, zmm26, zmm27], Codes = [zmm28, zmm29, zmm30];
    private static readonly AssemblerMemoryOperand[] Rows = [r8 + 0, r8 + rsi, r8 + rsi * 2, r15 + 0, r15 + rsi, r15 + rsi * 2];

    /// <summary>Vectors of codes in a chunk.</summary>
    public int Vectors => packing.Form == PackedForm.Words ? 8 : 4;

    public int ChunkBytes => 64 * (Vectors + 1);

    public int RowBytes(int columns) => PackedLayout.Chunks(columns) * ChunkBytes;

    /// <summary>
    /// Assembles: some chunks' products, added to the sums [row, token, 16] of tiles of six rows, for 1 to 4 tokens. The tiles share what they read of the activations,
    /// which should therefore stay in the first-level cache.
    /// </summary>
    public Assembler Product(int tokens)
    {
        var c = KernelFrame.Begin();
        AssemblerRegister64[] x = [r9, r12, r13, r14];
        for (var t = 0; t < tokens; t++) c.mov(x[t], __qword_ptr[r11 + KernelCall.OffsetOfX(t)]);
        KernelFrame.Load(c, rbx, nameof(KernelCall.Weights));
        KernelFrame.Load(c, rsi, nameof(KernelCall.RowBytes));
        KernelFrame.Load(c, rdx, nameof(KernelCall.Rows));
        KernelFrame.Load(c, r10, nameof(KernelCall.Target));
        KernelFrame.Load(c, rdi, nameof(KernelCall.XBytes));

        Label tile = c.CreateLabel(), chunk = c.CreateLabel();
        c.Label(ref tile);
        c.mov(r8, rbx);
        c.lea(r15, __[rbx + rsi * 2]);
        c.add(r15, rsi);
        c.xor(ecx, ecx);
        c.Label(ref chunk);
        Multiply(c, x, tokens);
        Add(c, x, tokens);
        c.add(r8, ChunkBytes);
        c.add(r15, ChunkBytes);
        c.add(rcx, packing.ChunkBytes);
        c.cmp(rcx, rdi);
        c.jb(chunk);

        c.add(r10, 64 * TileRows * tokens);
        for (var i = 0; i < TileRows / 2; i++) c.lea(rbx, __[rbx + rsi * 2]);
        c.dec(rdx);
        c.jnz(tile);
        KernelFrame.End(c);
        return c;
    }

    // products[row, token] = Σ codes·values of a group, a group a lane.
    private void Multiply(Assembler c, AssemblerRegister64[] x, int tokens)
    {
        for (var t = 0; t < tokens; t++) Begin(c, x[t], t, tokens);
        for (var v = 0; v < Vectors; v++)
        {
            for (var t = 0; t < tokens; t++) c.vmovdqu32(Values[t], __zmmword_ptr[x[t] + rcx + 64 * v]);
            for (var r = 0; r < TileRows; r++)
            {
                var codes = Codes[r % Codes.Length];
                c.vmovdqu32(codes, __zmmword_ptr[Rows[r] + 64 * v]);
                for (var t = 0; t < tokens; t++)
                {
                    if (packing.Form == PackedForm.Words) c.vpdpwssd(Products[r * tokens + t], codes, Values[t]);
                    else c.vpdpbusd(Products[r * tokens + t], codes, Values[t]);
                }
            }
        }
    }

    // Words are weights; bytes are too large by the code of zero.
    private void Begin(Assembler c, AssemblerRegister64 x, int t, int tokens)
    {
        if (packing.Form == PackedForm.Bytes) c.vmovdqu32(Products[t], __zmmword_ptr[x + rcx + packing.Start]);
        for (var r = 0; r < TileRows; r++)
        {
            var product = Products[r * tokens + t];
            if (packing.Form == PackedForm.Words) c.vpxord(product, product, product);
            else if (r > 0) c.vmovdqa32(product, Products[t]);
        }
    }

    // sums += products · activation scale · weight scale.
    private void Add(Assembler c, AssemblerRegister64[] x, int tokens)
    {
        for (var t = 0; t < tokens; t++)
        {
            c.vmovups(Values[t], __zmmword_ptr[x[t] + rcx + packing.Scale]);
            for (var r = 0; r < TileRows; r++)
            {
                var product = Products[r * tokens + t];
                c.vcvtdq2ps(product, product);
                c.vmulps(product, product, Values[t]);
            }
        }
        for (var r = 0; r < TileRows; r++)
        {
            var scale = Codes[r % Codes.Length];
            c.vmovups(scale, __zmmword_ptr[Rows[r] + 64 * Vectors]);
            for (var t = 0; t < tokens; t++)
            {
                var sum = __zmmword_ptr[r10 + 64 * (r * tokens + t)];
                c.vfmadd213ps(Products[r * tokens + t], scale, sum);
                c.vmovups(sum, Products[r * tokens + t]);
            }
        }
    }
}
