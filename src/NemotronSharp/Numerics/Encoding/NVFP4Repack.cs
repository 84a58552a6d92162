using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NemotronSharp.Numerics;

/// <summary>NVFP4 between ModelOpt's layout and GGUF's, bit for bit: the codes of sixteen weights change places, and four scales stand before 64 weights or apart.</summary>
internal static unsafe class NVFP4Repack
{
    /// <summary>One row in GGUF's blocks.</summary>
    /// <param name="matrix">In ModelOpt's layout; columns are a multiple of 64.</param>
    /// <param name="row">Its row.</param>
    /// <param name="blocks">36 bytes for each 64 columns.</param>
    public static void ToGguf(WeightMatrix matrix, int row, Span<byte> blocks)
    {
        var source = matrix.Row(row);
        for (var group = 0; group < matrix.Columns / 16; group++)
        {
            var block = blocks[(group / 4 * 36)..];
            // Scales are never negative; GGUF has no sign there.
            block[group % 4] = (byte)(source.Scales[group] & 0x7F);
            MemoryMarshal.Write(block[(4 + group % 4 * 8)..], NVFP4Layouts.Gguf(NVFP4Layouts.FromModelOpt(Unsafe.ReadUnaligned<ulong>(source.Data + 8L * group))));
        }
    }

    /// <summary>One row in ModelOpt's packed codes and scales.</summary>
    /// <param name="matrix">In GGUF's layout.</param>
    /// <param name="row">Its row.</param>
    /// <param name="packed">A byte for two columns.</param>
    /// <param name="scales">A byte for sixteen columns.</param>
    public static void ToModelOpt(WeightMatrix matrix, int row, Span<byte> packed, Span<byte> scales)
    {
        var source = matrix.Row(row).Data;
        for (var group = 0; group < matrix.Columns / 16; group++)
        {
            var block = source + group / 4 * 36L;
            // What ggml reads as zero is no number in ModelOpt's type.
            var scale = (byte)(block[group % 4] & 0x7F);
            scales[group] = scale == E4M3.NaN ? (byte)0 : scale;
            MemoryMarshal.Write(packed[(8 * group)..], NVFP4Layouts.ModelOpt(NVFP4Layouts.FromGguf(Unsafe.ReadUnaligned<ulong>(block + 4 + group % 4 * 8))));
        }
    }
}
