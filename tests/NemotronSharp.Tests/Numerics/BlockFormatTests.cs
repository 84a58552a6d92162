using CsCheck;
using NemotronSharp.Numerics;
using NemotronSharp.Tests.Kernels;

namespace NemotronSharp.Tests.Numerics;

/// <summary>What the engine reads from each stored type, to the last bit.</summary>
public unsafe class BlockFormatTests
{
    public static TheoryData<TensorType> Types { get; } = [.. Enum.GetValues<TensorType>().Where(t => t.BlockElements() > 1)];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_weight_has_the_definition_s_value(TensorType type) => Gen.Int[0, 1 << 30].Sample(seed =>
    {
        // Any bytes: scales may be infinite or no numbers, as in a hostile file.
        var bytes = new byte[3 * type.BlockBytes()];
        new Random(seed).NextBytes(bytes);
        var expected = BlockReference.Decode(type, bytes);
        var actual = new float[expected.Length];
        fixed (byte* data = bytes) new WeightMatrix(type, 1, actual.Length, data).CopyRow(0, actual);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(expected[i] == actual[i] || float.IsNaN(expected[i]) && float.IsNaN(actual[i]), $"weight {i}: found {actual[i]}, expected {expected[i]}");
    }, iter: 300, threads: 1);

    [Fact]
    public void NVFP4_of_ModelOpt_is_code_times_scale_times_factor()
    {
        using var data = new KernelData(3);
        const int rows = 3, columns = 48;
        byte[] packed = new byte[rows * columns / 2], scales = new byte[rows * columns / 16];
        data.Random.NextBytes(packed);
        for (var i = 0; i < scales.Length; i++) scales[i] = (byte)data.Random.Next(0, 0x7F);
        float[] codes = [0, 0.5f, 1, 1.5f, 2, 3, 4, 6, -0f, -0.5f, -1, -1.5f, -2, -3, -4, -6];
        fixed (byte* weights = packed, blockScales = scales)
        {
            var matrix = new WeightMatrix(TensorType.NVFP4, rows, columns, weights, scale: 0.25f, blockScales);
            var row = new float[columns];
            matrix.Slice(1, 2).CopyRow(1, row);      // the third row, by way of a slice
            for (var c = 0; c < columns; c++)
            {
                var at = packed[columns + c / 2];
                Assert.Equal(codes[c % 2 == 0 ? at & 15 : at >> 4] * E4M3.ToSingle(scales[2 * columns / 16 + c / 16]) * 0.25f, row[c]);
            }
        }
    }

    [Fact]
    public void Every_E4M3_has_its_value_and_comes_back()
    {
        var bytes = new byte[256];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)i;
        var values = new float[256];
        fixed (byte* data = bytes) new WeightMatrix(TensorType.F8E4M3, 1, 256, data).CopyRow(0, values);
        for (var i = 0; i < 256; i++)
        {
            var (exponent, mantissa) = ((i >> 3) & 15, i & 7);
            var expected = (i & 0x7F) == 0x7F ? double.NaN : (i < 128 ? 1 : -1) * (exponent == 0 ? mantissa / 512.0 : (1 + mantissa / 8.0) * Math.Pow(2, exponent - 7));
            Assert.Equal(expected, values[i]);
            Assert.Equal((float)expected, E4M3.ToSingle((byte)i));
            if (!double.IsNaN(expected)) Assert.Equal((byte)i, E4M3.FromSingle((float)expected));
        }
        Assert.Equal(0x7E, E4M3.FromSingle(1e9f));
        Assert.Equal(0xFE, E4M3.FromSingle(float.NegativeInfinity));
        Assert.Equal(0x7F, E4M3.FromSingle(float.NaN));
    }

    [Fact]
    public void E4M3_rounds_to_the_nearest_and_ties_to_even() => Gen.Single[-500, 500].Sample(value =>
    {
        var nearest = Enumerable.Range(0, 256).Where(i => (i & 0x7F) != 0x7F).Select(i => (byte)i)
            .OrderBy(b => Math.Abs((double)E4M3.ToSingle(b) - value)).ThenBy(b => b & 1).First();
        Assert.Equal(E4M3.ToSingle(nearest), E4M3.ToSingle(E4M3.FromSingle(value)));
    }, iter: 20_000, threads: 1);
}
