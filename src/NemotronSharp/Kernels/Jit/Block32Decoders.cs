using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace NemotronSharp.Kernels.Jit;

/// <summary>ggml's blocks of 32 weights that begin with a half-precision scale: eight blocks a chunk, two groups a block.</summary>
internal abstract class Block32Decoder : CodeDecoder
{
    protected abstract int BlockBytes { get; }

    public override int Bytes(int groups) => groups / 2 * BlockBytes;

    public override void Begin(Assembler c) => Constant(c, zmm19, lane => lane / 2);

    /// <summary>Both groups of a block get its scale.</summary>
    protected void Scales(Assembler c, int blocks, int at)
    {
        c.vpxor(xmm4, xmm4, xmm4);
        for (var block = 0; block < blocks; block++) c.vpinsrw(xmm4, xmm4, __word_ptr[r8 + at + block * BlockBytes], (byte)block);
        c.vcvtph2ps(ymm4, xmm4);
        c.vpermps(zmm4, zmm19, zmm4);
    }
}

/// <summary>Q4_0: byte j holds weight j low, weight j + 16 high.</summary>
internal sealed class Q4_0Decoder : Block32Decoder
{
    protected override int BlockBytes => 18;

    public override int Zero => 8;

    public override void Begin(Assembler c)
    {
        base.Begin(c);
        Bytes(c, zmm20, 15);
        Constant(c, zmm21, lane => lane % 2 * 4);
        // Both lanes of block b take its dword q: of the first table for blocks 0 to 3, of the second from 16 on.
        for (var q = 0; q < 4; q++)
        {
            var dword = q;
            Constant(c, Quad(q), lane => 4 * (lane / 2) + dword);
        }
    }

    public override void Decode(Assembler c, int groups, int at, int scalesAt)
    {
        var blocks = groups / 2;
        Blocks(c, zmm16, at, Math.Min(blocks, 4));
        Blocks(c, zmm18, at + 4 * BlockBytes, blocks - 4);
        AssemblerRegisterZMM[] codes = [zmm0, zmm1, zmm2, zmm3];
        for (var q = 0; q < 4; q++)
        {
            c.vmovdqa32(codes[q], Quad(q));
            c.vpermi2d(codes[q], zmm16, zmm18);
            c.vpsrlvd(codes[q], codes[q], zmm21);
            c.vpandd(codes[q], codes[q], zmm20);
        }
        Scales(c, blocks, at);
    }

    private static AssemblerRegisterZMM Quad(int q) => q switch { 0 => zmm22, 1 => zmm23, 2 => zmm24, _ => zmm25 };

    private void Blocks(Assembler c, AssemblerRegisterZMM target, int at, int count)
    {
        if (count <= 0)
        {
            c.vpxord(target, target, target);
            return;
        }
        c.vmovdqu32(target == zmm16 ? xmm16 : xmm18, __xmmword_ptr[r8 + at + 2]);
        for (var i = 1; i < count; i++) c.vinserti32x4(target, target, __xmmword_ptr[r8 + at + 2 + i * BlockBytes], (byte)i);
    }
}

/// <summary>Q8_0: signed bytes, made unsigned by their highest bit. Groups come as rows of sixteen bytes and leave as columns.</summary>
internal sealed class Q8_0Decoder : Block32Decoder
{
    protected override int BlockBytes => 34;

    public override int Zero => 128;

    public override void Begin(Assembler c)
    {
        base.Begin(c);
        Bytes(c, zmm20, 0x80);
    }

    public override void Decode(Assembler c, int groups, int at, int scalesAt)
    {
        // Register z holds groups z, 4 + z, 8 + z, 12 + z, so that the transposed lanes count up.
        (AssemblerRegisterZMM Whole, AssemblerRegisterXMM First)[] rows = [(zmm0, xmm0), (zmm1, xmm1), (zmm2, xmm2), (zmm3, xmm3)];
        for (var z = 0; z < 4; z++)
        {
            if (z < groups) c.vmovdqu(rows[z].First, __xmmword_ptr[r8 + at + Group(z)]);
            else c.vpxor(rows[z].First, rows[z].First, rows[z].First);
            for (var i = 1; i < 4; i++)
                if (4 * i + z < groups) c.vinserti32x4(rows[z].Whole, rows[z].Whole, __xmmword_ptr[r8 + at + Group(4 * i + z)], (byte)i);
        }
        c.vpunpckldq(zmm16, zmm0, zmm1);
        c.vpunpckhdq(zmm18, zmm0, zmm1);
        c.vpunpckldq(zmm4, zmm2, zmm3);
        c.vpunpckhdq(zmm5, zmm2, zmm3);
        c.vpunpcklqdq(zmm0, zmm16, zmm4);
        c.vpunpckhqdq(zmm1, zmm16, zmm4);
        c.vpunpcklqdq(zmm2, zmm18, zmm5);
        c.vpunpckhqdq(zmm3, zmm18, zmm5);
        foreach (var (code, _) in rows) c.vpxord(code, code, zmm20);
        Scales(c, groups / 2, at);
    }

    private int Group(int group) => 2 + group / 2 * BlockBytes + group % 2 * 16;
}
