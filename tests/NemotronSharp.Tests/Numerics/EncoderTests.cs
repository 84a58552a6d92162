using System.Runtime.Intrinsics;
using CsCheck;
using NemotronSharp.Numerics;

namespace NemotronSharp.Tests.Numerics;

/// <summary>Float32 into the types that are written, against the definitions, one value at a time.</summary>
public class EncoderTests
{
    private static readonly float[] Codes = [0, 0.5f, 1, 1.5f, 2, 3, 4, 6];

    // Sizes from far below to far above one, zeros among them.
    private static readonly Gen<float[]> Values = Gen.Select(Gen.Float[-1, 1].Array[64], Gen.Int[-20, 20], Gen.Bool.Array[64], (values, power, zero) =>
        values.Select((v, i) => zero[i] && i % 5 == 0 ? 0 : v * MathF.Pow(2, power)).ToArray());

    [Fact]
    public void Q8_0_and_Q4_0_follow_the_reference_rules() => Values.Sample(values =>
    {
        byte[] q8 = new byte[68], q4 = new byte[36];
        BlockEncoder.Encode(TensorType.Q8_0, values, q8);
        BlockEncoder.Encode(TensorType.Q4_0, values, q4);
        for (var block = 0; block < 2; block++)
        {
            var x = values.AsSpan(32 * block, 32).ToArray();
            var d8 = x.Max(MathF.Abs) / 127;
            var extreme = x.MaxBy(MathF.Abs);
            var d4 = extreme / -8;
            Assert.Equal(BitConverter.GetBytes((Half)d8), q8[(34 * block)..(34 * block + 2)]);
            Assert.Equal(BitConverter.GetBytes((Half)d4), q4[(18 * block)..(18 * block + 2)]);
            for (var i = 0; i < 32; i++)
            {
                Assert.Equal(d8 == 0 ? 0 : (sbyte)MathF.Round(x[i] / d8, MidpointRounding.AwayFromZero), (sbyte)q8[34 * block + 2 + i]);
                var packed = q4[18 * block + 2 + i % 16];
                Assert.Equal(Math.Min(15, (int)(x[i] * (d4 == 0 ? 0 : 1 / d4) + 8.5f)), i < 16 ? packed & 15 : packed >> 4);
            }
        }
    }, iter: 2000, threads: 1);

    [Fact]
    public void FP8_of_many_is_FP8_of_each() => Gen.Select(Gen.Single, Gen.Single[-500, 500], Gen.Single[-0.02f, 0.02f]).Array[40].Sample(triples =>
    {
        float[] values = [.. triples.SelectMany(t => (float[])[t.Item1, t.Item2, t.Item3]), float.NaN, 0, -0f, 448, 464, -1e30f];
        var bytes = new byte[values.Length];
        E4M3.FromSingles(values, bytes);
        Assert.Equal(values.Select(E4M3.FromSingle), bytes);
    }, iter: 500, threads: 1);

    [Theory]
    [InlineData(ScaleRule.Max)]
    [InlineData(ScaleRule.Mse)]
    [InlineData(ScaleRule.FourOverSix)]
    public void NVFP4_codes_are_the_nearest_under_their_scale_in_both_layouts(ScaleRule rule) => Values.Sample(values =>
    {
        var encoder = new Fp4Encoder(Fp4Encoder.FactorFor(values.Max(MathF.Abs), rule), rule);
        byte[] gguf = new byte[36], packed = new byte[32], scales = new byte[4];
        NVFP4Layouts.EncodeGguf(values, encoder, gguf);
        NVFP4Layouts.EncodeModelOpt(values, encoder, packed, scales);
        Assert.Equal(gguf[..4], scales);
        var factor = Fp4Encoder.FactorFor(values.Max(MathF.Abs), rule);
        for (var i = 0; i < 64; i++)
        {
            var (group, j) = Math.DivRem(i, 16);
            var inGguf = gguf[4 + 8 * group + j % 8] >> (j < 8 ? 0 : 4) & 15;
            Assert.Equal(inGguf, packed[i / 2] >> (4 * (i % 2)) & 15);
            var scale = E4M3.ToSingle(scales[group]);
            if (scale == 0) Assert.Equal(0, inGguf);
            else Assert.Equal(Codes.Min(c => MathF.Abs(MathF.Abs(values[i] / factor) / scale - c)), MathF.Abs(MathF.Abs(values[i] / factor) / scale - Codes[inGguf & 7]));
            if ((inGguf & 7) != 0) Assert.Equal(values[i] < 0, inGguf > 7);
        }
    }, iter: 1000, threads: 1);

    [Fact]
    public void Searched_scales_are_never_worse_and_mostly_better() => Gen.Int[0, 1 << 30].Sample(seed =>
    {
        var random = new Random(seed);
        var values = new float[64 * 64];
        for (var i = 0; i < values.Length; i++) values[i] = (float)((random.NextDouble() + random.NextDouble() + random.NextDouble() + random.NextDouble() - 2) * 0.02);
        double max = Error(values, ScaleRule.Max), mse = Error(values, ScaleRule.Mse), fourOverSix = Error(values, ScaleRule.FourOverSix);
        Assert.True(mse < 0.95 * max, $"MSE {mse}, max {max}");
        Assert.True(fourOverSix < 0.97 * max, $"four over six {fourOverSix}, max {max}");
        // Gaussian weights through FP4 with block scales: the relative error published for NVFP4 is about 9 %.
        Assert.InRange(Math.Sqrt(max / values.Sum(v => (double)v * v)), 0.07, 0.12);
    }, iter: 20, threads: 1);

    [Fact]
    public void Sixteen_bytes_are_narrowed_in_order()
    {
        Assert.Equal(Vector128.Create((byte)0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255), Vectors.Bytes(Vector512.Create(0u, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255)));
    }

    private static unsafe double Error(float[] values, ScaleRule rule)
    {
        var factor = Fp4Encoder.FactorFor(values.Max(MathF.Abs), rule);
        var blocks = new byte[values.Length / 64 * 36];
        NVFP4Layouts.EncodeGguf(values, new Fp4Encoder(factor, rule), blocks);
        var decoded = BlockReference.Decode(TensorType.NVFP4, blocks);
        return values.Select((v, i) => Math.Pow(v - decoded[i] * factor, 2)).Sum();
    }
}
