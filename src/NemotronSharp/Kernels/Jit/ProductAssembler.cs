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

    public static int Offset(string field) => (int)Marshal.OffsetOf<KernelCall>(field);
}

/// <summary>
/// Assembles the integer products for AVX512-VNNI, whose instructions .NET has no names for. Each kernel is made for one row length, so the end of a row is
/// straight code. General registers are those that no calling convention asks to keep; Windows' callers want xmm6 to xmm15 back.
/// </summary>
internal sealed class ProductAssembler(CodeDecoder decoder, int columns, PackedLayout packing)
{
    // The hardware follows one stream but stops at pages; this far ahead the next lines are asked for by hand.
    private const int PrefetchBytes = 6144;

    private static readonly AssemblerRegisterXMM[] Kept = [xmm6, xmm7, xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15];
    private static readonly AssemblerRegisterZMM[] Codes = [zmm0, zmm1, zmm2, zmm3], Low = [zmm6, zmm7, zmm8, zmm9], High = [zmm10, zmm11, zmm12, zmm13];

    private readonly int _wholeChunks = columns / CodeDecoder.ChunkWeights, _lastGroups = columns % CodeDecoder.ChunkWeights / CodeDecoder.GroupWeights;

    /// <summary>y[r] = factor · Σ of row r's sixteen sums, for one token. Rows go in pairs, so that activations are loaded once for two.</summary>
    public Assembler MatrixVector()
    {
        var c = Begin(out var rowBytes);
        decoder.Begin(c);
        c.mov(r10, __qword_ptr[r11 + KernelCall.Offset(nameof(KernelCall.Target))]);
        Label pair = c.CreateLabel(), last = c.CreateLabel(), done = c.CreateLabel();
        c.cmp(rdx, 2);
        c.jb(last);
        c.Label(ref pair);
        Rows(c, rowBytes, 2);
        c.sub(rdx, 2);
        c.cmp(rdx, 2);
        c.jae(pair);
        c.Label(ref last);
        c.test(rdx, rdx);
        c.jz(done);
        Rows(c, rowBytes, 1);
        c.Label(ref done);
        return End(c);
    }

    /// <summary>Rows of codes and scales as <see cref="Panel"/> has them.</summary>
    public Assembler Unpack()
    {
        var c = Begin(out _);
        decoder.Begin(c);
        c.mov(r10, __qword_ptr[r11 + KernelCall.Offset(nameof(KernelCall.Target))]);
        var row = c.CreateLabel();
        c.Label(ref row);
        Chunks(c, groups =>
        {
            decoder.Decode(c, groups, 0, 0);
            AssemblerRegisterZMM[] parts = [zmm0, zmm1, zmm2, zmm3, zmm4];
            for (var i = 0; i < parts.Length; i++) c.vmovdqu32(__zmmword_ptr[r10 + 64 * i], parts[i]);
            c.add(r10, Panel.ChunkBytes);
        });
        c.dec(rdx);
        c.jnz(row);
        return End(c);
    }

    private Assembler Begin(out int rowBytes)
    {
        var c = new Assembler(64);
        c.mov(r11, OperatingSystem.IsWindows() ? rcx : rdi);
        if (OperatingSystem.IsWindows())
        {
            c.sub(rsp, 16 * Kept.Length + 8);
            for (var i = 0; i < Kept.Length; i++) c.vmovups(__xmmword_ptr[rsp + 16 * i], Kept[i]);
        }
        c.mov(r8, __qword_ptr[r11 + KernelCall.Offset(nameof(KernelCall.Weights))]);
        if (decoder.HasScalesApart) c.mov(rax, __qword_ptr[r11 + KernelCall.Offset(nameof(KernelCall.Scales))]);
        c.mov(rdx, __qword_ptr[r11 + KernelCall.Offset(nameof(KernelCall.Rows))]);
        rowBytes = _wholeChunks * decoder.Bytes(CodeDecoder.GroupsPerChunk) + (_lastGroups > 0 ? decoder.Bytes(_lastGroups) : 0);
        return c;
    }

    private Assembler End(Assembler c)
    {
        if (OperatingSystem.IsWindows())
        {
            for (var i = 0; i < Kept.Length; i++) c.vmovups(Kept[i], __xmmword_ptr[rsp + 16 * i]);
            c.add(rsp, 16 * Kept.Length + 8);
        }
        c.vzeroupper();
        c.ret();
        decoder.End(c);
        return c;
    }

    // One or two rows at r8 by the token at X0.
    private void Rows(Assembler c, int rowBytes, int rows)
    {
        c.vpxord(zmm17, zmm17, zmm17);
        if (rows > 1) c.vpxord(zmm14, zmm14, zmm14);
        c.mov(r9, __qword_ptr[r11 + KernelCall.Offset(nameof(KernelCall.X0))]);
        Chunks(c, groups =>
        {
            for (var q = 0; q < 4; q++)
            {
                c.vmovdqu32(Low[q], __zmmword_ptr[r9 + PackedLayout.Low + 64 * q]);
                if (packing.Bytes == 2) c.vmovdqu32(High[q], __zmmword_ptr[r9 + PackedLayout.High + 64 * q]);
            }
            for (var r = 0; r < rows; r++)
            {
                for (var line = 0; line < decoder.Bytes(groups); line += 64) c.prefetcht0(__byte_ptr[r8 + r * rowBytes + PrefetchBytes + line]);
                decoder.Decode(c, groups, r * rowBytes, r * (columns / CodeDecoder.GroupWeights));
                Multiply(c, r == 0 ? zmm17 : zmm14);
            }
            c.add(r9, packing.ChunkBytes);
        });
        for (var r = 0; r < rows; r++)
        {
            Sum(c, r == 0 ? zmm17 : zmm14);
            c.vmulss(xmm0, xmm0, __dword_ptr[r11 + KernelCall.Offset(nameof(KernelCall.Factor))]);
            c.vmovss(__dword_ptr[r10 + sizeof(float) * r], xmm0);
        }
        c.add(r10, sizeof(float) * rows);
        if (rows == 1) return;
        c.add(r8, rowBytes);
        if (decoder.HasScalesApart) c.add(rax, columns / CodeDecoder.GroupWeights);
    }

    private void Chunks(Assembler c, Action<int> body)
    {
        void Emit(int groups)
        {
            body(groups);
            c.add(r8, decoder.Bytes(groups));
            if (decoder.HasScalesApart) c.add(rax, groups);
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

    // sums += (Σ code·x − zero·Σ x) · activation scale · weight scale, a group a lane; x = 256·high + low.
    private void Multiply(Assembler c, AssemblerRegisterZMM sums)
    {
        c.vmovdqu32(zmm16, __zmmword_ptr[r9 + packing.Start]);
        if (packing.Bytes == 2) c.vpxor(xmm5, xmm5, xmm5);
        for (var q = 0; q < Codes.Length; q++)
        {
            c.vpdpbusd(zmm16, Codes[q], Low[q]);
            if (packing.Bytes == 2) c.vpdpbusd(zmm5, Codes[q], High[q]);
        }
        if (packing.Bytes == 2)
        {
            c.vpslld(zmm5, zmm5, 8);
            c.vpaddd(zmm16, zmm16, zmm5);
        }
        c.vcvtdq2ps(zmm16, zmm16);
        c.vmulps(zmm16, zmm16, __zmmword_ptr[r9 + packing.Scale]);
        c.vfmadd231ps(sums, zmm16, zmm4);
    }

    // xmm0 = the sum of sixteen, as Lanes.Sum: halves added to halves.
    private static void Sum(Assembler c, AssemblerRegisterZMM sums)
    {
        c.vmovaps(zmm0, sums);
        c.vextractf64x4(ymm1, zmm0, 1);
        c.vaddps(ymm0, ymm0, ymm1);
        c.vextractf128(xmm1, ymm0, 1);
        c.vaddps(xmm0, xmm0, xmm1);
        c.vpermilps(xmm1, xmm0, 0b01_00_11_10);
        c.vaddps(xmm0, xmm0, xmm1);
        c.vmovshdup(xmm1, xmm0);
        c.vaddss(xmm0, xmm0, xmm1);
    }
}
