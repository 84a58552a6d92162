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

    /// <summary>Bytes that a chunk's products ask the memory for, if they are to ask.</summary>
    public const int BytesAhead = 4 * Prefetching.LineBytes;

    private static readonly AssemblerRegisterZMM[] Products =
    [
        zmm0, zmm1, zmm2, zmm3, zmm4, zmm5, zmm6, zmm7, zmm8, zmm9, zmm10, zmm11, zmm12, zmm13, zmm14, zmm15, zmm16, zmm17, zmm18, zmm19, zmm20, zmm21, zmm22, zmm23,
    ];

    private static readonly AssemblerRegisterZMM[] Values = [zmm24, zmm25, zmm26, zmm27], Codes = [zmm28, zmm29, zmm30];
    private static readonly AssemblerRegisterZMM Zero = zmm31;
    private static readonly AssemblerMemoryOperand[] Rows = [r8 + 0, r8 + rsi, r8 + rsi * 2, r15 + 0, r15 + rsi, r15 + rsi * 2];

    /// <summary>Vectors of codes in a chunk.</summary>
    public int Vectors => packing.Form == PackedForm.Words ? 8 : 4;

    public int ChunkBytes => 64 * (Vectors + 1);

    /// <summary>
    /// Assembles: some chunks' products of a tile's rows with tiles of 1 to 4 tokens, added to the sums [tile, row, token, 16] or begun with. The weights are read again for each tile
    /// of tokens and should stay in the first-level cache.
    /// </summary>
    public Assembler Product(int tokens)
    {
        var c = KernelFrame.Begin();
        AssemblerRegister64[] x = [r9, r12, r13, r14];
        KernelFrame.Load(c, rbx, nameof(KernelCall.X));
        KernelFrame.Load(c, rdx, nameof(KernelCall.Tiles));
        KernelFrame.Load(c, rsi, nameof(KernelCall.RowBytes));
        KernelFrame.Load(c, r10, nameof(KernelCall.Target));
        KernelFrame.Load(c, rax, nameof(KernelCall.Ahead));
        c.vpxord(Zero, Zero, Zero);

        Label tile = c.CreateLabel(), chunk = c.CreateLabel(), add = c.CreateLabel(), next = c.CreateLabel();
        c.Label(ref tile);
        for (var t = 0; t < tokens; t++)
        {
            c.mov(x[t], __qword_ptr[rbx + sizeof(long) * t]);
            c.add(x[t], KernelFrame.Field(nameof(KernelCall.XAt)));
        }
        KernelFrame.Load(c, r8, nameof(KernelCall.Weights));
        c.lea(r15, __[r8 + rsi * 2]);
        c.add(r15, rsi);
        c.xor(ecx, ecx);
        c.Label(ref chunk);
        Ask(c);
        Multiply(c, x, tokens);
        c.cmp(rcx, KernelFrame.Field(nameof(KernelCall.Begins)));
        c.jne(add);
        Add(c, x, tokens, begins: true);
        c.jmp(next);
        c.Label(ref add);
        Add(c, x, tokens, begins: false);
        c.Label(ref next);
        c.add(r8, ChunkBytes);
        c.add(r15, ChunkBytes);
        c.add(rcx, packing.ChunkBytes);
        c.cmp(rcx, KernelFrame.Field(nameof(KernelCall.XBytes)));
        c.jb(chunk);

        c.add(rbx, sizeof(long) * tokens);
        c.add(r10, KernelFrame.Field(nameof(KernelCall.SumBytes)));
        c.dec(rdx);
        c.jnz(tile);
        KernelFrame.End(c);
        return c;
    }

    private static void Ask(Assembler c)
    {
        var nothing = c.CreateLabel();
        c.cmp(KernelFrame.Field(nameof(KernelCall.AheadBytes)), 0);
        c.je(nothing);
        for (var line = 0; line < BytesAhead; line += Prefetching.LineBytes) c.prefetcht1(__byte_ptr[rax + line]);
        c.add(rax, KernelFrame.Field(nameof(KernelCall.AheadBytes)));
        c.Label(ref nothing);
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
    private void Add(Assembler c, AssemblerRegister64[] x, int tokens, bool begins)
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
                if (begins) c.vfmadd213ps(Products[r * tokens + t], scale, Zero);
                else c.vfmadd213ps(Products[r * tokens + t], scale, sum);
                c.vmovups(sum, Products[r * tokens + t]);
            }
        }
    }
}
