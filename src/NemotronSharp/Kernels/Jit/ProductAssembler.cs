using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;
using static NemotronSharp.Kernels.Prefetching;

namespace NemotronSharp.Kernels.Jit;

/// <summary>
/// Assembles what reads weights in their file's format, with AVX512-VNNI, whose instructions .NET has no names for. Each kernel is made for one row length, so the
/// end of a row is straight code.
/// </summary>
internal sealed class ProductAssembler(CodeDecoder decoder, int columns)
{
    private static readonly AssemblerRegister64[] X = [r9, rbx, rsi, r12];
    private static readonly AssemblerRegisterZMM[] Codes = [zmm0, zmm1, zmm2, zmm3], Sums = [zmm6, zmm7, zmm8, zmm9];

    private readonly int _wholeChunks = columns / CodeDecoder.ChunkWeights, _lastGroups = columns % CodeDecoder.ChunkWeights / CodeDecoder.GroupWeights;

    /// <summary>Sixteen sums for each row and each of 1 to 4 tokens; weights are decoded once for all of them.</summary>
    public Assembler Rows(PackedLayout packing, int tokens)
    {
        var c = Begin();
        KernelFrame.Load(c, rdi, nameof(KernelCall.X));
        for (var t = 0; t < tokens; t++) c.mov(X[t], __qword_ptr[rdi + sizeof(long) * t]);
        EachRow(c, () =>
        {
            for (var t = 0; t < tokens; t++) c.vpxord(Sums[t], Sums[t], Sums[t]);
            c.xor(ecx, ecx);
            EachChunk(c, (groups, at) =>
            {
                // Every line exactly once: asking again for a line on its way waits for it.
                for (var line = -at & (LineBytes - 1); line < decoder.Bytes(groups); line += LineBytes)
                {
                    c.prefetcht1(__byte_ptr[r8 + FarBytes + line]);
                    c.prefetcht0(__byte_ptr[r8 + NearBytes + line]);
                }
                decoder.Decode(c, groups);
                for (var t = 0; t < tokens; t++) Multiply(c, packing, X[t] + rcx, Sums[t]);
                c.add(rcx, packing.ChunkBytes);
            });
            for (var t = 0; t < tokens; t++) c.vmovups(__zmmword_ptr[r10 + 64 * t], Sums[t]);
            c.add(r10, 64 * tokens);
        });
        return End(c);
    }

    /// <summary>Some chunks of some rows' codes and scales as a panel has them.</summary>
    public Assembler Unpack(Panel panel)
    {
        var c = Begin();
        if (decoder.Signed) BeginWords(c);
        EachRow(c, () =>
        {
            Label chunk = c.CreateLabel(), end = c.CreateLabel(), next = c.CreateLabel();
            c.mov(rbx, r8);
            if (decoder.HasScalesApart) c.mov(rsi, rax);
            KernelFrame.Load(c, r13, nameof(KernelCall.Chunks));
            c.test(r13, r13);
            c.jz(end);
            c.Label(ref chunk);
            Unpack(c, panel, CodeDecoder.GroupsPerChunk);
            c.dec(r13);
            c.jnz(chunk);
            c.Label(ref end);
            c.cmp(KernelFrame.Field(nameof(KernelCall.HasEnd)), 0);
            c.je(next);
            if (_lastGroups > 0) Unpack(c, panel, _lastGroups);
            c.Label(ref next);
            c.lea(r8, __[rbx + decoder.Bytes(columns / CodeDecoder.GroupWeights)]);
            if (decoder.HasScalesApart) c.lea(rax, __[rsi + columns / CodeDecoder.GroupWeights]);
        });
        return End(c);
    }

    private void Unpack(Assembler c, Panel panel, int groups)
    {
        decoder.Decode(c, groups);
        for (var q = 0; q < Codes.Length; q++)
        {
            if (decoder.Signed) StoreWords(c, q);
            else c.vmovdqu32(__zmmword_ptr[r10 + 64 * q], Codes[q]);
        }
        c.vmovups(__zmmword_ptr[r10 + 64 * panel.Vectors], zmm4);
        c.add(r10, panel.ChunkBytes);
        Advance(c, groups);
    }

    private void Advance(Assembler c, int groups)
    {
        c.add(r8, decoder.Bytes(groups));
        if (decoder.HasScalesApart) c.add(rax, groups);
    }

    private static void BeginWords(Assembler c)
    {
        c.mov(ecx, 0xFF00FF00);
        c.vpbroadcastd(zmm6, ecx);
    }

    // A vector of signed codes becomes two of words: the even ones, then the odd ones.
    private void StoreWords(Assembler c, int q)
    {
        c.vpsllw(zmm5, Codes[q], 8);
        c.vpandd(Codes[q], Codes[q], zmm6);
        foreach (var words in (AssemblerRegisterZMM[])[zmm5, Codes[q]])
            if (decoder.WordFactor == 1) c.vpsraw(words, words, 8);
        c.vmovdqu32(__zmmword_ptr[r10 + 128 * q], zmm5);
        c.vmovdqu32(__zmmword_ptr[r10 + 128 * q + 64], Codes[q]);
    }

    private Assembler Begin()
    {
        var c = KernelFrame.Begin();
        KernelFrame.Load(c, r8, nameof(KernelCall.Weights));
        KernelFrame.Load(c, rax, nameof(KernelCall.Scales));
        KernelFrame.Load(c, rdx, nameof(KernelCall.Rows));
        KernelFrame.Load(c, r10, nameof(KernelCall.Target));
        decoder.Begin(c);
        return c;
    }

    private Assembler End(Assembler c)
    {
        KernelFrame.End(c);
        decoder.End(c);
        return c;
    }

    private static void EachRow(Assembler c, Action body)
    {
        var row = c.CreateLabel();
        c.Label(ref row);
        body();
        c.dec(rdx);
        c.jnz(row);
    }

    // The body is told how many groups a chunk has and how many bytes of weights lie between it and the last multiple of a line.
    private void EachChunk(Assembler c, Action<int, int> body)
    {
        var chunkBytes = decoder.Bytes(CodeDecoder.GroupsPerChunk);
        void Emit(int groups, int nth)
        {
            body(groups, nth * chunkBytes % LineBytes);
            Advance(c, groups);
        }

        // So many chunks are whole lines.
        var together = 1;
        while (together * chunkBytes % LineBytes != 0) together++;
        if (_wholeChunks >= together)
        {
            c.mov(r13d, _wholeChunks / together);
            var chunk = c.CreateLabel();
            c.Label(ref chunk);
            for (var nth = 0; nth < together; nth++) Emit(CodeDecoder.GroupsPerChunk, nth);
            c.dec(r13d);
            c.jnz(chunk);
        }

        for (var nth = 0; nth < _wholeChunks % together; nth++) Emit(CodeDecoder.GroupsPerChunk, nth);
        if (_lastGroups > 0) Emit(_lastGroups, _wholeChunks % together);
    }

    // sums += (Σ code·x − zero·Σ x) · activation scale · weight scale, a group a lane; x = 256·high + low.
    private static void Multiply(Assembler c, PackedLayout packing, AssemblerMemoryOperand x, AssemblerRegisterZMM sums)
    {
        var two = packing.Form == PackedForm.TwoBytes;
        c.vmovdqu32(zmm10, __zmmword_ptr[x + packing.Start]);
        if (two) c.vpxor(xmm11, xmm11, xmm11);
        for (var q = 0; q < Codes.Length; q++)
        {
            c.vpdpbusd(zmm10, Codes[q], __zmmword_ptr[x + PackedLayout.Low + 64 * q]);
            if (two) c.vpdpbusd(zmm11, Codes[q], __zmmword_ptr[x + PackedLayout.High + 64 * q]);
        }
        if (two)
        {
            c.vpslld(zmm11, zmm11, 8);
            c.vpaddd(zmm10, zmm10, zmm11);
        }
        c.vcvtdq2ps(zmm10, zmm10);
        c.vmulps(zmm10, zmm10, __zmmword_ptr[x + packing.Scale]);
        c.vfmadd231ps(sums, zmm10, zmm4);
    }
}
