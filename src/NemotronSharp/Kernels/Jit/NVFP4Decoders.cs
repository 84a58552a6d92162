using System.Runtime.Intrinsics;
using Iced.Intel;
using NemotronSharp.Numerics;
using static Iced.Intel.AssemblerRegisters;

namespace NemotronSharp.Kernels.Jit;

/// <summary>What NVFP4's two layouts share: sixteen nibbles in eight bytes, looked up as F + 12 or F, and an E4M3 scale.</summary>
internal abstract class Fp4Decoder(bool signed) : CodeDecoder(signed)
{
    public override int Zero => E2M1.Zero;

    public override void Begin(Assembler c)
    {
        // The lookup sees six bits of a byte: the table comes four times, so that the two above the nibble don't matter.
        Table(c, zmm20, Signed ? E2M1.Raised - Vector128.Create((byte)Zero) : E2M1.Raised);
        Constant(c, zmm21, lane => 2 * lane);
        Constant(c, zmm22, lane => 2 * lane + 1);
        // Seven bits left of its place an E4M3 number is a half 2^8 too small; half of that because the table is doubled. Halves widen at full speed
        // also where they are subnormal.
        Constant(c, zmm23, _ => BitConverter.SingleToInt32Bits(128f));
        Bytes(c, zmm24, 0x7F);
    }

    /// <summary>zmm0, zmm1: groups 0 to 7 and 8 to 15, eight bytes each; to zmm2 and zmm3 their first and second halves.</summary>
    protected static void Halves(Assembler c)
    {
        c.vmovdqa32(zmm2, zmm21);
        c.vmovdqa32(zmm3, zmm22);
        c.vpermi2d(zmm2, zmm0, zmm1);
        c.vpermi2d(zmm3, zmm0, zmm1);
    }

    /// <summary>zmm2, zmm3: the halves of sixteen groups. Leaves the low nibbles' codes in zmm0 and zmm1, the high ones' in zmm2 and zmm3.</summary>
    protected static void Codes(Assembler c)
    {
        c.vpermb(zmm0, zmm2, zmm20);
        c.vpermb(zmm1, zmm3, zmm20);
        c.vpsrlw(zmm2, zmm2, 4);
        c.vpsrlw(zmm3, zmm3, 4);
        c.vpermb(zmm2, zmm2, zmm20);
        c.vpermb(zmm3, zmm3, zmm20);
    }
}

/// <summary>GGUF's blocks of 64: four scales, then 32 bytes of codes. The sign of a scale is no sign, and its NaN without it counts as 0, as in ggml.</summary>
internal sealed class NVFP4Decoder(bool signed) : Fp4Decoder(signed)
{
    private const int BlockBytes = 36, BlockGroups = 4;

    public override int Bytes(int groups) => groups / BlockGroups * BlockBytes;

    public override void Begin(Assembler c)
    {
        base.Begin(c);
        // Four blocks are 36 numbers of four bytes. From number 1 and from 19 on, sixteen each, lie the first halves of all groups; one number on, the second ones.
        Constant(c, zmm25, lane => lane / 8 * 16 + lane / 4 % 2 * 9 + lane % 4 * 2);
        Constant(c, zmm26, lane => lane / 2 % 2 * 16 + lane % 2 * 9);
    }

    public override void Decode(Assembler c, int groups)
    {
        if (groups == GroupsPerChunk) FourBlocks(c);
        else Blocks(c, groups / BlockGroups);
        c.vpcmpub(k1, xmm4, xmm24, 4);
        c.vpandd(xmm4, xmm4, xmm24);
        c.vpmovzxbw(ymm4, xmm4);
        c.vpsllw(ymm4, ymm4, 7);
        c.vcvtph2ps(zmm4, ymm4);
        c.vmulps(zmm4.k1.z, zmm4, zmm23);
    }

    // Whole loads, of which the permutations take what they need: inserting part by part takes twice the instructions.
    private static void FourBlocks(Assembler c)
    {
        const int Number = sizeof(int);
        c.vmovdqu32(zmm2, __zmmword_ptr[r8 + Number]);
        c.vpermt2d(zmm2, zmm25, __zmmword_ptr[r8 + 2 * BlockBytes + Number]);
        c.vmovdqu32(zmm3, __zmmword_ptr[r8 + 2 * Number]);
        c.vpermt2d(zmm3, zmm25, __zmmword_ptr[r8 + 2 * BlockBytes + 2 * Number]);
        Codes(c);
        c.vmovdqu32(zmm4, __zmmword_ptr[r8]);
        c.vpermt2d(zmm4, zmm26, __zmmword_ptr[r8 + 2 * BlockBytes]);
    }

    private static void Blocks(Assembler c, int blocks)
    {
        c.vmovdqu(ymm0, __ymmword_ptr[r8 + 4]);
        if (blocks > 1) c.vinserti64x4(zmm0, zmm0, __ymmword_ptr[r8 + 4 + BlockBytes], 1);
        if (blocks > 2) c.vmovdqu(ymm1, __ymmword_ptr[r8 + 4 + 2 * BlockBytes]);
        else c.vpxor(xmm1, xmm1, xmm1);
        Halves(c);
        Codes(c);
        c.vmovd(xmm4, __dword_ptr[r8]);
        for (var block = 1; block < blocks; block++) c.vpinsrd(xmm4, xmm4, __dword_ptr[r8 + block * BlockBytes], (byte)block);
    }
}

/// <summary>ModelOpt's layout: eight bytes a group with even codes low, scales in a matrix of their own, read with sign and NaN.</summary>
internal sealed class ModelOptNVFP4Decoder(bool signed) : Fp4Decoder(signed)
{
    public override Vector128<byte> Order => Vector128.Create((byte)0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);

    public override bool HasScalesApart => true;

    public override int Bytes(int groups) => groups * 8;

    public override void Begin(Assembler c)
    {
        base.Begin(c);
        Constant(c, zmm25, _ => 0x7FC00000);
    }

    public override void Decode(Assembler c, int groups)
    {
        Load(c, zmm0, __zmmword_ptr[r8], Math.Min(groups, 8));
        if (groups > 8) Load(c, zmm1, __zmmword_ptr[r8 + 64], groups - 8);
        else c.vpxor(xmm1, xmm1, xmm1);
        Halves(c);
        Codes(c);
        if (groups == GroupsPerChunk)
        {
            c.vmovdqu8(xmm5, __xmmword_ptr[rax]);
        }
        else
        {
            FirstBytes(c, groups);
            c.vmovdqu8(xmm5.k1.z, __xmmword_ptr[rax]);
        }
        c.vpandd(xmm4, xmm5, xmm24);
        c.vpcmpeqb(k1, xmm4, xmm24);
        c.vpmovzxbw(ymm4, xmm4);
        c.vpsllw(ymm4, ymm4, 7);
        c.vpandnd(xmm5, xmm24, xmm5);
        c.vpmovzxbw(ymm5, xmm5);
        c.vpsllw(ymm5, ymm5, 8);
        c.vpor(ymm4, ymm4, ymm5);
        c.vcvtph2ps(zmm4, ymm4);
        c.vmulps(zmm4, zmm4, zmm23);
        c.vmovdqa32(zmm4.k1, zmm25);
    }

    // Reads nothing behind the last group.
    private static void Load(Assembler c, AssemblerRegisterZMM target, AssemblerMemoryOperand source, int groups)
    {
        if (groups == 8)
        {
            c.vmovdqu64(target, source);
            return;
        }
        FirstBytes(c, groups * 8);
        c.vmovdqu8(target.k1.z, source);
    }
}
