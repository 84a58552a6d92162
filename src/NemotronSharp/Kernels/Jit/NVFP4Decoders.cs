using System.Runtime.Intrinsics;
using Iced.Intel;
using NemotronSharp.Numerics;
using static Iced.Intel.AssemblerRegisters;

namespace NemotronSharp.Kernels.Jit;

/// <summary>What NVFP4's two layouts share: sixteen nibbles in eight bytes, looked up as F + 12, and an E4M3 scale.</summary>
internal abstract class Fp4Decoder : CodeDecoder
{
    public override int Zero => E2M1.Zero;

    public override void Begin(Assembler c)
    {
        Bytes(c, zmm19, 15);
        Table(c, zmm20, E2M1.Raised);
        Constant(c, zmm21, lane => 2 * lane);
        Constant(c, zmm22, lane => 2 * lane + 1);
        // An exponent shifted from E4M3's place is 120 too small; one less because the table is doubled.
        Constant(c, zmm23, _ => 0x7B000000);
        Constant(c, zmm24, _ => 0x7F);
    }

    /// <summary>zmm0, zmm1: groups 0 to 7 and 8 to 15, eight bytes each. Leaves the low nibbles' codes of each half group in zmm0 and zmm1, the high ones' in zmm2 and zmm3.</summary>
    protected static void Codes(Assembler c)
    {
        c.vmovdqa32(zmm2, zmm21);
        c.vmovdqa32(zmm3, zmm22);
        c.vpermi2d(zmm2, zmm0, zmm1);
        c.vpermi2d(zmm3, zmm0, zmm1);
        c.vpandd(zmm0, zmm2, zmm19);
        c.vpandd(zmm1, zmm3, zmm19);
        c.vpsrlw(zmm2, zmm2, 4);
        c.vpsrlw(zmm3, zmm3, 4);
        c.vpandd(zmm2, zmm2, zmm19);
        c.vpandd(zmm3, zmm3, zmm19);
        foreach (var code in (AssemblerRegisterZMM[])[zmm0, zmm1, zmm2, zmm3]) c.vpshufb(code, zmm20, code);
    }
}

/// <summary>GGUF's blocks of 64: four scales, then 32 bytes of codes. The sign of a scale is no sign, and its NaN counts as 0, as in ggml.</summary>
internal sealed class NVFP4Decoder : Fp4Decoder
{
    private const int BlockBytes = 36, BlockGroups = 4;

    public override int Bytes(int groups) => groups / BlockGroups * BlockBytes;

    public override void Decode(Assembler c, int groups)
    {
        var blocks = groups / BlockGroups;
        c.vmovdqu(ymm0, __ymmword_ptr[r8 + 4]);
        if (blocks > 1) c.vinserti64x4(zmm0, zmm0, __ymmword_ptr[r8 + 4 + BlockBytes], 1);
        if (blocks > 2) c.vmovdqu(ymm1, __ymmword_ptr[r8 + 4 + 2 * BlockBytes]);
        else c.vpxor(xmm1, xmm1, xmm1);
        if (blocks > 3) c.vinserti64x4(zmm1, zmm1, __ymmword_ptr[r8 + 4 + 3 * BlockBytes], 1);
        Codes(c);
        c.vmovd(xmm4, __dword_ptr[r8]);
        for (var block = 1; block < blocks; block++) c.vpinsrd(xmm4, xmm4, __dword_ptr[r8 + block * BlockBytes], (byte)block);
        c.vpmovzxbd(zmm4, xmm4);
        c.vpandd(zmm4, zmm4, zmm24);
        c.vpcmpd(k1, zmm4, zmm24, 4);
        c.vpslld(zmm4, zmm4, 20);
        c.vmulps(zmm4.k1.z, zmm4, zmm23);
    }
}

/// <summary>ModelOpt's layout: eight bytes a group with even codes low, scales in a matrix of their own, read with sign and NaN.</summary>
internal sealed class ModelOptNVFP4Decoder : Fp4Decoder
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
        Load(c, zmm0, r8, Math.Min(groups, 8), 8);
        if (groups > 8) Load(c, zmm1, r8 + 64, groups - 8, 8);
        else c.vpxor(xmm1, xmm1, xmm1);
        Codes(c);
        if (groups == 16)
        {
            c.vpmovzxbd(zmm18, __xmmword_ptr[rax]);
        }
        else
        {
            c.mov(ecx, (1 << groups) - 1);
            c.kmovd(k1, ecx);
            c.vpmovzxbd(zmm18.k1.z, __xmmword_ptr[rax]);
        }
        c.vpandd(zmm4, zmm18, zmm24);
        c.vpcmpd(k1, zmm4, zmm24, 0);
        c.vpandnd(zmm18, zmm24, zmm18);
        c.vpslld(zmm4, zmm4, 20);
        c.vmulps(zmm4, zmm4, zmm23);
        c.vpslld(zmm18, zmm18, 24);
        c.vpord(zmm4, zmm4, zmm18);
        c.vmovdqa32(zmm4.k1, zmm25);
    }

    // Reads nothing behind the last group.
    private static void Load(Assembler c, AssemblerRegisterZMM target, AssemblerMemoryOperand source, int groups, int full)
    {
        if (groups == full)
        {
            c.vmovdqu64(target, source);
            return;
        }
        c.mov(ecx, (1 << groups) - 1);
        c.kmovd(k1, ecx);
        c.vmovdqu64(target.k1.z, source);
    }

    private static void Load(Assembler c, AssemblerRegisterZMM target, AssemblerRegister64 source, int groups, int full) => Load(c, target, __zmmword_ptr[source], groups, full);
}
