using CsCheck;
using NemotronSharp.Kernels;
using NemotronSharp.Numerics;

namespace NemotronSharp.Tests.Kernels;

/// <summary>Products in float32: one order of summation in every kernel, for any number of tokens, rows, columns and threads.</summary>
public sealed unsafe class SinglePrecisionProductTests
{
    private static Gen<int> Seeds { get; } = Gen.Int[0, 1 << 30];

    public static TheoryData<TensorType> Types => [.. Enum.GetValues<TensorType>().Where(type => type.IsWeight())];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_company_and_every_thread_count_gives_the_same_bits(TensorType type)
    {
        using var many = new KernelContext(3, ActivationPrecision.Float32);
        using var one = new KernelContext(1, ActivationPrecision.Float32);
        var unit = type.BlockElements() > 1 ? Math.Max(16, type.BlockElements()) : 1;
        Gen.Select(Seeds, Gen.Int[1, 110], Gen.Int[1, unit == 1 ? 400 : 5], Gen.Int[1, 40]).Sample((seed, rows, units, tokens) =>
        {
            using var data = new KernelData(seed);
            var w = Weights(data, type, rows, units * unit);
            var x = data.Rows(tokens, w.Columns);
            Rows expected = data.Zeros(tokens, rows), together = data.Zeros(tokens, rows), alone = data.Zeros(tokens, rows), backwards = data.Zeros(tokens, rows);
            MatMul.Reference(w, x, expected);
            MatMul.Apply(w, x, together, many);
            KernelData.AssertClose(expected, together, 2e-6, unit: w.Columns * data.LargestOf(w) / 4);
            AssertSame(together, x, w, alone, one);
            var order = stackalloc int[tokens];
            for (var t = 0; t < tokens; t++) order[t] = tokens - 1 - t;
            MatMul.Apply([new Product(w, x, data.Zeros(tokens, rows)), new Product(w, x, backwards, order)], many);
            for (var t = 0; t < tokens; t++) Assert.True(together[t].SequenceEqual(backwards[tokens - 1 - t]));
        }, iter: 25, threads: 1);
    }

    [Theory]
    [InlineData(TensorType.BF16, 4095)]
    [InlineData(TensorType.F8E4M3, 4097)]
    [InlineData(TensorType.F32, 4160)]
    [InlineData(TensorType.F16, 8208)]
    [InlineData(TensorType.Q4_K, 8448)]
    public void Rows_of_several_stretches_equal_the_reference_with_the_same_bits(TensorType type, int columns)
    {
        using var many = new KernelContext(2, ActivationPrecision.Float32);
        using var one = new KernelContext(1, ActivationPrecision.Float32);
        using var data = new KernelData(7);
        var w = Weights(data, type, 53, columns);
        var x = data.Rows(39, columns);
        Rows expected = data.Zeros(39, 53), together = data.Zeros(39, 53), alone = data.Zeros(39, 53);
        MatMul.Reference(w, x, expected);
        MatMul.Apply(w, x, together, many);
        KernelData.AssertClose(expected, together, 2e-6, unit: columns * data.LargestOf(w) / 4);
        AssertSame(together, x, w, alone, one);
    }

    [Fact]
    public void The_order_of_the_sum_is_the_documented_one()
    {
        Gen.Select(Seeds, Gen.Int[1, 9000]).Sample((seed, columns) =>
        {
            using var kernels = new KernelContext(1, ActivationPrecision.Float32);
            using var data = new KernelData(seed);
            var w = data.Weights(TensorType.F32, 1, columns);
            Rows x = data.Rows(1, columns), y = data.Zeros(1, 1);
            MatMul.Apply(w, x, y, kernels);
            var totals = new float[16];
            for (var stretch = 0; stretch < columns; stretch += 4096)
            {
                var chains = new float[4, 16];
                for (var k = stretch; k < Math.Min(columns, stretch + 4096); k++)
                {
                    ref var sum = ref chains[k / 16 % 4, k % 16];
                    sum = MathF.FusedMultiplyAdd(((float*)w.Data)[k], x[0][k], sum);
                }
                for (var chain = 0; chain < 4; chain++)
                    for (var lane = 0; lane < 16; lane++) totals[lane] += chains[chain, lane];
            }
            for (var half = 8; half > 0; half /= 2)
                for (var lane = 0; lane < half; lane++) totals[lane] += totals[lane + half];
            Assert.Equal(totals[0], y[0][0]);
        }, iter: 60, threads: 1);
    }

    [Fact]
    public void Every_E4M3_code_widens_exactly_one_by_one_and_by_sixty_four()
    {
        var codes = stackalloc byte[256];
        for (var i = 0; i < 256; i++) codes[i] = (byte)(i * 37);
        var widened = stackalloc float[64];
        for (var k = 0; k < 256; k += 64)
        {
            var weights = F8E4M3Format.Load64<F8E4M3Format>(new WeightRow(codes), k);
            *(Weights64*)widened = weights;
            for (var i = 0; i < 64; i++)
            {
                var expected = E4M3.ToSingle(codes[k + i]);
                Assert.True(expected.Equals(widened[i]) && (float.IsNaN(expected) || float.IsNegative(expected) == float.IsNegative(widened[i])), $"code {codes[k + i]:X2}: found {widened[i]}, expected {expected}");
                Assert.Equal(widened[i], F8E4M3Format.Load16(new WeightRow(codes), (k + i) & -16)[i & 15]);
            }
        }
    }

    [Fact]
    public void Not_a_number_stays_with_its_row_and_token()
    {
        using var kernels = new KernelContext(2, ActivationPrecision.Float32);
        using var data = new KernelData(3);
        foreach (var tokens in (int[])[1, 3, 7])
        {
            var w = data.Blocks(TensorType.F8E4M3, 50, 200);
            w.Data[17 * 200 + 199] = E4M3.NaN;
            Rows x = data.Rows(tokens, 200), y = data.Zeros(tokens, 50);
            x[tokens - 1][3] = float.NaN;
            MatMul.Apply(w, x, y, kernels);
            for (var t = 0; t < tokens; t++)
                for (var r = 0; r < 50; r++) Assert.Equal(r == 17 || t == tokens - 1, float.IsNaN(y[t][r]));
        }
    }

    private static void AssertSame(Rows together, Rows x, WeightMatrix w, Rows alone, KernelContext kernels)
    {
        foreach (var size in (int[])[1, 2, 3, 4, 5, 7, 33])
        {
            for (var t = 0; t < x.Count; t += size)
            {
                var count = Math.Min(size, x.Count - t);
                MatMul.Apply(w, x.Slice(t, count), alone.Slice(t, count), kernels);
            }
            for (var t = 0; t < x.Count; t++) Assert.True(together[t].SequenceEqual(alone[t]), $"token {t} of {x.Count}, {size} at once");
        }
    }

    private static WeightMatrix Weights(KernelData data, TensorType type, int rows, int columns) =>
        type is TensorType.F32 or TensorType.F16 or TensorType.BF16 ? data.Weights(type, rows, columns) : data.Blocks(type, rows, columns);
}
