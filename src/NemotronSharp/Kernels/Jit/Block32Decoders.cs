using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace NemotronSharp.Kernels.Jit;

/// <summary>Q4_0: ggml's blocks of 32, a half-precision scale and sixteen bytes; byte j holds weight j low, weight j + 16 high. Eight blocks a chunk, two groups a block.</summary>
internal sealed class Q4_0Decoder(bool signed) : CodeDecoder(signed)
{
    private const int BlockBytes = 18, BlockWords = BlockBytes / 2, BlocksPerChunk = 8, HalfVectorWords = 16;

    // Where the third vector of a chunk begins: it ends with the chunk.
    private const int LastAt = BlocksPerChunk * BlockBytes - 64;

    public override int Zero => 8;

    public override int Bytes(int groups) => groups / 2 * BlockBytes;

    public override void Begin(Assembler c)
    {
        Bytes(c, zmm20, 15);
        Constant(c, zmm21, lane => lane % 2 * 4);
        // Both lanes of block b take its dword q: of the first table for blocks 0 to 3, of the second from 16 on.
        for (var q = 0; q < 4; q++)
        {
            var dword = q;
            Constant(c, Quad(q), lane => 4 * (lane / 2) + dword);
        }
        // Words of four blocks' codes: blocks 0 to 3 in the first two vectors, 4 to 7 in the second and third, which begin at words 32 and 40.
        Words(c, zmm26, i => i / 8 * BlockWords + 1 + i % 8);
        Words(c, zmm27, i => (4 + i / 8) * BlockWords + 1 + i % 8 is var word && word < 64 ? word - 32 : word - LastAt / 2 + 32);
        // A block's scale for both its groups.
        Words(c, zmm28, i => Math.Min(i, HalfVectorWords - 1) / 2 * BlockWords);
        if (Signed) Bytes(c, zmm29, (byte)Zero);
    }

    public override void Decode(Assembler c, int groups)
    {
        Load(c, groups);
        c.vmovdqa32(zmm16, zmm26);
        c.vpermi2w(zmm16, zmm0, zmm1);
        c.vmovdqa32(zmm18, zmm27);
        c.vpermi2w(zmm18, zmm1, zmm2);
        c.vmovdqa32(zmm4, zmm28);
        c.vpermi2w(zmm4, zmm0, zmm1);
        c.vcvtph2ps(zmm4, ymm4);
        AssemblerRegisterZMM[] codes = [zmm0, zmm1, zmm2, zmm3];
        for (var q = 0; q < 4; q++)
        {
            c.vmovdqa32(codes[q], Quad(q));
            c.vpermi2d(codes[q], zmm16, zmm18);
            c.vpsrlvd(codes[q], codes[q], zmm21);
            c.vpandd(codes[q], codes[q], zmm20);
            if (Signed) c.vpsubb(codes[q], codes[q], zmm29);
        }
    }

    // What lies behind the last block reads as zero: codes with the scale 0.
    private void Load(Assembler c, int groups)
    {
        (AssemblerRegisterZMM Register, int At)[] vectors = [(zmm0, 0), (zmm1, 64), (zmm2, LastAt)];
        foreach (var (register, at) in vectors)
        {
            var bytes = Bytes(groups) - at;
            if (bytes >= 64)
            {
                c.vmovdqu64(register, __zmmword_ptr[r8 + at]);
            }
            else if (bytes > 0)
            {
                FirstBytes(c, bytes);
                c.vmovdqu8(register.k1.z, __zmmword_ptr[r8 + at]);
            }
            else
            {
                c.vpxord(register, register, register);
            }
        }
    }

    private void Words(Assembler c, AssemblerRegisterZMM register, Func<int, int> word) =>
        Constant(c, register, [.. Enumerable.Range(0, 32).SelectMany(i => BitConverter.GetBytes((short)word(i)))]);

    private static AssemblerRegisterZMM Quad(int q) => q switch { 0 => zmm22, 1 => zmm23, 2 => zmm24, _ => zmm25 };
}

/// <summary>Q8_0: ggml's blocks of 32, a half-precision scale and signed bytes, unsigned with their highest bit turned. Groups come as rows of sixteen bytes and leave as columns.</summary>
internal sealed class Q8_0Decoder(bool signed) : CodeDecoder(signed)
{
    private const int BlockBytes = 34;

    public override int Zero => 128;

    public override int WordFactor => 1;

    public override int Bytes(int groups) => groups / 2 * BlockBytes;

    public override void Begin(Assembler c)
    {
        Constant(c, zmm19, lane => lane / 2);
        Bytes(c, zmm20, 0x80);
    }

    public override void Decode(Assembler c, int groups)
    {
        // Register z holds groups z, 4 + z, 8 + z, 12 + z, so that the transposed lanes count up.
        (AssemblerRegisterZMM Whole, AssemblerRegisterXMM First)[] rows = [(zmm0, xmm0), (zmm1, xmm1), (zmm2, xmm2), (zmm3, xmm3)];
        for (var z = 0; z < 4; z++)
        {
            if (z < groups) c.vmovdqu(rows[z].First, __xmmword_ptr[r8 + Group(z)]);
            else c.vpxor(rows[z].First, rows[z].First, rows[z].First);
            for (var i = 1; i < 4; i++)
                if (4 * i + z < groups) c.vinserti32x4(rows[z].Whole, rows[z].Whole, __xmmword_ptr[r8 + Group(4 * i + z)], (byte)i);
        }
        c.vpunpckldq(zmm16, zmm0, zmm1);
        c.vpunpckhdq(zmm18, zmm0, zmm1);
        c.vpunpckldq(zmm4, zmm2, zmm3);
        c.vpunpckhdq(zmm5, zmm2, zmm3);
        c.vpunpcklqdq(zmm0, zmm16, zmm4);
        c.vpunpckhqdq(zmm1, zmm16, zmm4);
        c.vpunpcklqdq(zmm2, zmm18, zmm5);
        c.vpunpckhqdq(zmm3, zmm18, zmm5);
        if (!Signed) foreach (var (code, _) in rows) c.vpxord(code, code, zmm20);
        c.vpxor(xmm4, xmm4, xmm4);
        for (var block = 0; block < groups / 2; block++) c.vpinsrw(xmm4, xmm4, __word_ptr[r8 + block * BlockBytes], (byte)block);
        c.vcvtph2ps(ymm4, xmm4);
        c.vpermps(zmm4, zmm19, zmm4);
    }

    private static int Group(int group) => 2 + group / 2 * BlockBytes + group % 2 * 16;
}
