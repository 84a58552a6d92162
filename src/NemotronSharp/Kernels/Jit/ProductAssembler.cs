using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace NemotronSharp.Kernels.Jit;

/// <summary>What an assembled kernel is called with. Not every kernel reads every field.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KernelCall
{
    /// <summary>First row of weights, or of a panel.</summary>
    public byte* Weights;

    /// <summary>Its scales, in formats that keep them apart.</summary>
    public byte* Scales;

    /// <summary>Rows.</summary>
    public nint Rows;

    /// <summary>Where results go: [rows] float32, or a panel, or sums.</summary>
    public void* Target;

    /// <summary>The matrix's factor.</summary>
    public float Factor;

    /// <summary>Packed activations of up to four tokens.</summary>
    public byte* X0, X1, X2, X3;
}

/// <summary>
/// Assembles the integer products for AVX512-VNNI, whose instructions .NET has no names for. Each kernel is made for one row length, so the end of a row is
/// straight code. Uses only registers that neither calling convention asks to keep: rax, rcx, rdx, r8 to r11, zmm0 to zmm5, zmm16 to zmm31.
/// </summary>
internal sealed class ProductAssembler(CodeDecoder decoder, int columns)
{
    // The hardware follows one stream but stops at pages; this far ahead the next lines are asked for by hand.
    private const int PrefetchBytes = 6144;

    private readonly int _wholeChunks = columns / CodeDecoder.ChunkWeights, _lastGroups = columns % CodeDecoder.ChunkWeights / CodeDecoder.GroupWeights;

    /// <summary>y[r] = factor · Σ of row r's sixteen sums, for one token.</summary>
    public Assembler MatrixVector()
    {
        var c = Begin();
        decoder.Begin(c);
        c.mov(r10, __qword_ptr[r11 + Offset(nameof(KernelCall.Target))]);
        var row = c.CreateLabel();
        c.Label(ref row);
        c.vpxord(zmm17, zmm17, zmm17);
        c.mov(r9, __qword_ptr[r11 + Offset(nameof(KernelCall.X0))]);
        Chunks(c, groups =>
        {
            for (var line = 0; line < decoder.Bytes(groups); line += 64) c.prefetcht0(__byte_ptr[r8 + PrefetchBytes + line]);
            decoder.Decode(c, groups);
            Multiply(c);
        }, PackedLayout.ChunkBytes);
        Sum(c);
        c.vmulss(xmm0, xmm0, __dword_ptr[r11 + Offset(nameof(KernelCall.Factor))]);
        c.vmovss(__dword_ptr[r10], xmm0);
        c.add(r10, sizeof(float));
        c.dec(rdx);
        c.jnz(row);
        return End(c);
    }

    /// <summary>Rows of codes and scales as <see cref="Panel"/> has them.</summary>
    public Assembler Unpack()
    {
        var c = Begin();
        decoder.Begin(c);
        c.mov(r10, __qword_ptr[r11 + Offset(nameof(KernelCall.Target))]);
        var row = c.CreateLabel();
        c.Label(ref row);
        Chunks(c, groups =>
        {
            decoder.Decode(c, groups);
            AssemblerRegisterZMM[] parts = [zmm0, zmm1, zmm2, zmm3, zmm4];
            for (var i = 0; i < parts.Length; i++) c.vmovdqu32(__zmmword_ptr[r10 + 64 * i], parts[i]);
            c.add(r10, Panel.ChunkBytes);
        }, 0);
        c.dec(rdx);
        c.jnz(row);
        return End(c);
    }

    private Assembler Begin()
    {
        var c = new Assembler(64);
        c.mov(r11, OperatingSystem.IsWindows() ? rcx : rdi);
        c.mov(r8, __qword_ptr[r11 + Offset(nameof(KernelCall.Weights))]);
        if (decoder.HasScalesApart) c.mov(rax, __qword_ptr[r11 + Offset(nameof(KernelCall.Scales))]);
        c.mov(rdx, __qword_ptr[r11 + Offset(nameof(KernelCall.Rows))]);
        return c;
    }

    private Assembler End(Assembler c)
    {
        c.vzeroupper();
        c.ret();
        decoder.End(c);
        return c;
    }

    private void Chunks(Assembler c, Action<int> body, int activationBytes)
    {
        void Emit(int groups)
        {
            body(groups);
            c.add(r8, decoder.Bytes(groups));
            if (decoder.HasScalesApart) c.add(rax, groups);
            if (activationBytes > 0) c.add(r9, activationBytes);
        }

        if (_wholeChunks > 0)
        {
            c.mov(ecx, _wholeChunks);
            var chunk = c.CreateLabel();
            c.Label(ref chunk);
            Emit(CodeDecoder.GroupsPerChunk);
            c.dec(ecx);
            c.jnz(chunk);
        }

        if (_lastGroups > 0) Emit(_lastGroups);
    }

    // zmm17 += (Σ code·x − zero·Σ x) · activation scale · weight scale, a group a lane; x = 256·high + low.
    private static void Multiply(Assembler c)
    {
        c.vmovdqu32(zmm16, __zmmword_ptr[r9 + PackedLayout.Start]);
        c.vpxor(xmm5, xmm5, xmm5);
        AssemblerRegisterZMM[] codes = [zmm0, zmm1, zmm2, zmm3];
        for (var q = 0; q < codes.Length; q++)
        {
            c.vpdpbusd(zmm16, codes[q], __zmmword_ptr[r9 + PackedLayout.Low + 64 * q]);
            c.vpdpbusd(zmm5, codes[q], __zmmword_ptr[r9 + PackedLayout.High + 64 * q]);
        }
        c.vpslld(zmm5, zmm5, 8);
        c.vpaddd(zmm16, zmm16, zmm5);
        c.vcvtdq2ps(zmm16, zmm16);
        c.vmulps(zmm16, zmm16, __zmmword_ptr[r9 + PackedLayout.Scale]);
        c.vfmadd231ps(zmm17, zmm16, zmm4);
    }

    // xmm0 = the sum of zmm17, as Lanes.Sum: halves added to halves.
    private static void Sum(Assembler c)
    {
        c.vmovaps(zmm0, zmm17);
        c.vextractf64x4(ymm1, zmm17, 1);
        c.vaddps(ymm0, ymm0, ymm1);
        c.vextractf128(xmm1, ymm0, 1);
        c.vaddps(xmm0, xmm0, xmm1);
        c.vpermilps(xmm1, xmm0, 0b01_00_11_10);
        c.vaddps(xmm0, xmm0, xmm1);
        c.vmovshdup(xmm1, xmm0);
        c.vaddss(xmm0, xmm0, xmm1);
    }

    public static int Offset(string field) => (int)Marshal.OffsetOf<KernelCall>(field);
}
