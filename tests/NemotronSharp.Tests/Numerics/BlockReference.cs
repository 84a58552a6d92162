using System.Buffers.Binary;
using NemotronSharp.Numerics;

namespace NemotronSharp.Tests.Numerics;

/// <summary>Every block format decoded weight by weight, in the order in which ggml defines them: slow, and not by the engine's code.</summary>
internal static class BlockReference
{
    private static readonly int[] NonLinear = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];
    private static readonly float[] Fp4 = [0, 0.5f, 1, 1.5f, 2, 3, 4, 6, -0f, -0.5f, -1, -1.5f, -2, -3, -4, -6];

    public static float[] Decode(TensorType type, ReadOnlySpan<byte> bytes)
    {
        var result = new List<float>();
        for (var at = 0; at < bytes.Length; at += type.BlockBytes()) result.AddRange(Block(type, bytes.Slice(at, type.BlockBytes()).ToArray()));
        return [.. result];
    }

    private static float[] Block(TensorType type, byte[] b) => type switch
    {
        TensorType.Q4_0 => Halves(b[2..18], q => Half(b, 0) * (q - 8)),
        TensorType.Q4_1 => Halves(b[4..20], q => Half(b, 0) * q + Half(b, 2)),
        TensorType.Q5_0 => Fifth(b[6..22], BinaryPrimitives.ReadUInt32LittleEndian(b.AsSpan(2)), q => Half(b, 0) * (q - 16)),
        TensorType.Q5_1 => Fifth(b[8..24], BinaryPrimitives.ReadUInt32LittleEndian(b.AsSpan(4)), q => Half(b, 0) * q + Half(b, 2)),
        TensorType.Q8_0 => [.. b[2..34].Select(q => Half(b, 0) * (sbyte)q)],
        TensorType.IQ4_NL => Halves(b[2..18], q => Half(b, 0) * NonLinear[q]),
        TensorType.MXFP4 => Halves(b[1..17], q => (float)(Fp4[q] * Math.Pow(2, b[0] - 127))),
        TensorType.NVFP4 => NvFp4(b),
        TensorType.Q2_K => Q2K(b),
        TensorType.Q3_K => Q3K(b),
        TensorType.Q4_K => Q4K(b, 16, (_, _) => 0),
        TensorType.Q5_K => Q4K(b, 48, (bit, l) => ((b[16 + l] >> bit) & 1) * 16),
        TensorType.Q6_K => Q6K(b),
        TensorType.IQ4_XS => IQ4XS(b),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private static float Half(byte[] b, int at) => (float)BinaryPrimitives.ReadHalfLittleEndian(b.AsSpan(at));

    private static float[] Halves(byte[] q, Func<int, float> value) => [.. q.Select(x => value(x & 15)), .. q.Select(x => value(x >> 4))];

    private static float[] Fifth(byte[] q, uint bits, Func<int, float> value) =>
        [.. Enumerable.Range(0, 32).Select(i => value((i < 16 ? q[i] & 15 : q[i - 16] >> 4) | (int)((bits >> i) & 1) << 4))];

    private static float[] NvFp4(byte[] b)
    {
        var y = new float[64];
        for (var sub = 0; sub < 4; sub++)
        {
            var (exponent, mantissa) = ((b[sub] >> 3) & 15, b[sub] & 7);
            var scale = b[sub] is 0 or 0x7F ? 0 : exponent == 0 ? mantissa / 512.0 : (1 + mantissa / 8.0) * Math.Pow(2, exponent - 7);
            for (var j = 0; j < 8; j++)
            {
                y[sub * 16 + j] = (float)(Fp4[b[4 + sub * 8 + j] & 15] * scale);
                y[sub * 16 + j + 8] = (float)(Fp4[b[4 + sub * 8 + j] >> 4] * scale);
            }
        }
        return y;
    }

    private static float[] Q2K(byte[] b)
    {
        var (y, group) = (new List<float>(), 0);
        for (var half = 0; half < 2; half++)
            for (var shift = 0; shift < 8; shift += 2)
                for (var part = 0; part < 2; part++, group++)
                {
                    float scale = Half(b, 80) * (b[group] & 15), minimum = Half(b, 82) * (b[group] >> 4);
                    for (var l = 0; l < 16; l++) y.Add(scale * ((b[16 + half * 32 + part * 16 + l] >> shift) & 3) - minimum);
                }
        return [.. y];
    }

    private static float[] Q3K(byte[] b)
    {
        // Sixteen six-bit scales: eight bytes of low nibbles, four bytes of bit pairs.
        var scales = new int[16];
        for (var i = 0; i < 16; i++)
            scales[i] = ((i < 8 ? b[96 + i] & 15 : b[96 + i - 8] >> 4) | (((b[104 + i % 4] >> (2 * (i / 4))) & 3) << 4)) - 32;
        var (y, group, mask) = (new List<float>(), 0, 1);
        for (var half = 0; half < 2; half++)
            for (var shift = 0; shift < 8; shift += 2, mask <<= 1)
                for (var part = 0; part < 2; part++, group++)
                    for (var l = part * 16; l < part * 16 + 16; l++)
                        y.Add(Half(b, 108) * scales[group] * (((b[32 + half * 32 + l] >> shift) & 3) - ((b[l] & mask) != 0 ? 0 : 4)));
        return [.. y];
    }

    private static float[] Q4K(byte[] b, int weights, Func<int, int, int> fifth)
    {
        var y = new List<float>();
        for (var chunk = 0; chunk < 4; chunk++)
            for (var high = 0; high < 2; high++)
            {
                var (scale, minimum) = SixBit(b, 2 * chunk + high);
                for (var l = 0; l < 32; l++)
                {
                    var nibble = high == 0 ? b[weights + 32 * chunk + l] & 15 : b[weights + 32 * chunk + l] >> 4;
                    y.Add(Half(b, 0) * scale * (nibble + fifth(2 * chunk + high, l)) - Half(b, 2) * minimum);
                }
            }
        return [.. y];
    }

    private static (int Scale, int Minimum) SixBit(byte[] b, int j) => j < 4
        ? (b[4 + j] & 63, b[8 + j] & 63)
        : ((b[8 + j] & 15) | ((b[j] >> 6) << 4), (b[8 + j] >> 4) | ((b[4 + j] >> 6) << 4));

    private static float[] Q6K(byte[] b)
    {
        var y = new float[256];
        for (var half = 0; half < 2; half++)
            for (var l = 0; l < 32; l++)
            {
                int low = half * 64, high = b[128 + half * 32 + l];
                int[] q = [(b[low + l] & 15) | (high & 3) << 4, (b[low + l + 32] & 15) | (high >> 2 & 3) << 4, (b[low + l] >> 4) | (high >> 4 & 3) << 4, (b[low + l + 32] >> 4) | (high >> 6 & 3) << 4];
                for (var i = 0; i < 4; i++) y[half * 128 + i * 32 + l] = Half(b, 208) * (sbyte)b[192 + half * 8 + l / 16 + 2 * i] * (q[i] - 32);
            }
        return y;
    }

    private static float[] IQ4XS(byte[] b)
    {
        var y = new List<float>();
        for (var sub = 0; sub < 8; sub++)
        {
            var scale = ((b[4 + sub / 2] >> (4 * (sub % 2))) & 15) | (((BinaryPrimitives.ReadUInt16LittleEndian(b.AsSpan(2)) >> (2 * sub)) & 3) << 4);
            y.AddRange(Halves(b[(8 + 16 * sub)..(24 + 16 * sub)], q => Half(b, 0) * (scale - 32) * NonLinear[q]));
        }
        return [.. y];
    }
}
