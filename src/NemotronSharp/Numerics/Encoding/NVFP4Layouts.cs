using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace NemotronSharp.Numerics;

/// <summary>Sixteen E2M1 codes as eight bytes, in each of NVFP4's two layouts.</summary>
internal static class NVFP4Layouts
{
    /// <summary>GGUF: code j low, code j + 8 high.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Gguf(Vector128<byte> codes) => codes.AsUInt64()[0] | codes.AsUInt64()[1] << 4;

    /// <summary>ModelOpt: code 2j low, code 2j + 1 high.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ModelOpt(Vector128<byte> codes)
    {
        var sorted = Vector128.Shuffle(codes, Vector128.Create((byte)0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15)).AsUInt64();
        return sorted[0] | sorted[1] << 4;
    }

    /// <summary>The codes of GGUF's eight bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FromGguf(ulong bytes) => Vector128.Create(bytes & 0x0F0F0F0F0F0F0F0F, bytes >> 4 & 0x0F0F0F0F0F0F0F0F).AsByte();

    /// <summary>The codes of ModelOpt's eight bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FromModelOpt(ulong bytes) =>
        Vector128.Shuffle(Vector128.Create(bytes & 0x0F0F0F0F0F0F0F0F, bytes >> 4 & 0x0F0F0F0F0F0F0F0F).AsByte(), Vector128.Create((byte)0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15));

    /// <summary>One row into GGUF's blocks of 64.</summary>
    public static void EncodeGguf(ReadOnlySpan<float> row, Fp4Encoder encoder, Span<byte> blocks)
    {
        for (var group = 0; group < row.Length / 16; group++)
        {
            var block = blocks[(group / 4 * 36)..];
            block[group % 4] = encoder.Encode(Vector512.Create(row.Slice(16 * group, 16)), out var codes);
            MemoryMarshal.Write(block[(4 + group % 4 * 8)..], Gguf(codes));
        }
    }

    /// <summary>One row into ModelOpt's packed codes and scales.</summary>
    public static void EncodeModelOpt(ReadOnlySpan<float> row, Fp4Encoder encoder, Span<byte> packed, Span<byte> scales)
    {
        for (var group = 0; group < row.Length / 16; group++)
        {
            scales[group] = encoder.Encode(Vector512.Create(row.Slice(16 * group, 16)), out var codes);
            MemoryMarshal.Write(packed[(8 * group)..], ModelOpt(codes));
        }
    }
}
