using System.Runtime.Intrinsics;
using CsCheck;
using NemotronSharp.Kernels;
using NemotronSharp.Kernels.Jit;
using NemotronSharp.Numerics;

namespace NemotronSharp.Tests.Kernels;

/// <summary>Products in whole numbers: their definition in double precision, and the same bits from every kernel and on every route.</summary>
public sealed unsafe class IntegerProductTests
{
    private static Gen<int> Seeds { get; } = Gen.Int[0, 1 << 30];

    /// <summary>Formats with codes; NVFP4 in its two layouts.</summary>
    public static TheoryData<TensorType, bool> Formats => new() { { TensorType.NVFP4, false }, { TensorType.NVFP4, true }, { TensorType.Q4_0, false }, { TensorType.Q8_0, false } };

    /// <summary>The same with both widths of activations.</summary>
    public static TheoryData<TensorType, bool, ActivationPrecision> FormatsAndPrecisions
    {
        get
        {
            var all = new TheoryData<TensorType, bool, ActivationPrecision>();
            foreach (var precision in (ActivationPrecision[])[ActivationPrecision.Int16, ActivationPrecision.Int8])
                foreach (var (type, scalesApart) in Formats.Select(row => row.Data)) all.Add(type, scalesApart, precision);
            return all;
        }
    }

    internal static int Unit(TensorType type, bool scalesApart) => scalesApart ? 16 : type.BlockElements();

    internal static WeightMatrix Weights(KernelData data, TensorType type, bool scalesApart, int rows, int columns)
    {
        if (!scalesApart) return data.Blocks(type, rows, columns);
        byte* codes = (byte*)data.Zeros(rows, columns).Data, scales = (byte*)data.Zeros(rows, columns).Data;
        data.Random.NextBytes(new Span<byte>(codes, rows * columns / 2));
        for (var i = 0; i < rows * columns / 16; i++) scales[i] = (byte)(data.Random.Next(0, 0x60) | (data.Random.Next(20) == 0 ? 0x80 : 0));
        return new WeightMatrix(type, rows, columns, codes, 0.5f, scales);
    }

    private readonly struct CodesAreWeights(WeightMatrix w) : ICodedFormatVisitor
    {
        public void Visit<TFormat>() where TFormat : ICodedFormat
        {
            for (var r = 0; r < w.Rows; r++)
            {
                for (var k = 0; k < w.Columns; k += 16)
                {
                    var weights = TFormat.Load16(w.Row(r), k);
                    var codes = TFormat.Codes16(w.Row(r), k);
                    for (var i = 0; i < 16; i++) Assert.Equal(weights[i], (codes[i] - TFormat.Zero) * TFormat.Scale16(w.Row(r), k));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Codes_and_scales_are_the_weights(TensorType type, bool scalesApart)
    {
        using var data = new KernelData(1);
        var w = Weights(data, type, scalesApart, 50, 3 * Unit(type, scalesApart));
        CodedFormats.Visit(w, new CodesAreWeights(w));
    }

    [Fact]
    public void Activations_keep_sixteen_bits_of_their_group_s_largest()
    {
        Gen.Select(Seeds, Gen.Double[-25, 25]).Sample((seed, power) =>
        {
            using var data = new KernelData(seed);
            var x = data.Rows(1, 16, Math.Pow(10, power));
            var q = PackedActivations.Quantize(x.Data, 32512, out var scale);
            var largest = 0f;
            foreach (var value in x[0]) largest = MathF.Max(largest, MathF.Abs(value));
            for (var i = 0; i < 16; i++)
            {
                Assert.InRange(q[i], -32512, 32512);
                Assert.True(Math.Abs(x[0][i] - (double)scale * q[i]) <= largest / 65024.0 * 1.01);
            }
        }, iter: 300);
    }

    [Theory]
    [InlineData(0f, 0f)]
    [InlineData(1e-38f, 0f)]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(float.PositiveInfinity, float.NaN)]
    [InlineData(float.NegativeInfinity, float.NaN)]
    public void Groups_without_a_usable_largest_value_are_zeros_or_not_numbers(float value, float expected)
    {
        var x = stackalloc float[16];
        x[7] = value;
        Assert.Equal(default, PackedActivations.Quantize(x, 127, out var scale));
        Assert.Equal(expected, scale);
    }

    [Theory]
    [MemberData(nameof(FormatsAndPrecisions))]
    public void A_product_is_its_definition(TensorType type, bool scalesApart, ActivationPrecision precision)
    {
        using var kernels = new KernelContext(2, precision);
        Gen.Select(Seeds, Gen.Int[1, 70], Gen.Int[1, 20], Gen.Int[1, 9]).Sample((seed, rows, units, tokens) =>
        {
            using var data = new KernelData(seed);
            var w = Weights(data, type, scalesApart, rows, units * Unit(type, scalesApart));
            Rows x = data.Rows(tokens, w.Columns), rounded = data.Copy(x), expected = data.Zeros(tokens, rows), actual = data.Zeros(tokens, rows);
            for (var t = 0; t < tokens; t++)
            {
                for (var k = 0; k < w.Columns; k += 16)
                {
                    var q = PackedActivations.Quantize(x.Row(t) + k, PackedActivations.Largest(precision), out var scale);
                    for (var i = 0; i < 16; i++) rounded[t][k + i] = scale * q[i];
                }
            }
            MatMul.Reference(w, rounded, expected);
            MatMul.Apply(w, x, actual, kernels);
            KernelData.AssertClose(expected, actual, 1e-6, unit: w.Columns * data.LargestOf(w) / 4);
        }, iter: 60, threads: 1);
    }

    [Theory]
    [MemberData(nameof(FormatsAndPrecisions))]
    public void Every_kernel_and_every_company_gives_the_same_bits(TensorType type, bool scalesApart, ActivationPrecision precision)
    {
        using var assembled = new KernelContext(3, precision);
        using var portable = new KernelContext(1, precision) { Assembled = false };
        Gen.Select(Seeds, Gen.Int[1, 90], Gen.Int[1, 40], Gen.Int[1, 13]).Sample((seed, rows, units, tokens) =>
        {
            using var data = new KernelData(seed);
            var w = Weights(data, type, scalesApart, rows, units * Unit(type, scalesApart));
            var x = data.Rows(tokens, w.Columns, 5);
            if (seed % 10 == 0) x[0][seed % w.Columns] = float.NaN;
            Rows one = data.Zeros(tokens, rows), many = data.Zeros(tokens, rows), plain = data.Zeros(tokens, rows), chosen = data.Zeros(tokens, rows);
            MatMul.Apply(w, x, plain, portable);
            MatMul.Apply(w, x, many, assembled);
            for (var t = 0; t < tokens; t++) MatMul.Apply(w, x.Slice(t, 1), one.Slice(t, 1), assembled);
            var backwards = stackalloc int[tokens];
            for (var t = 0; t < tokens; t++) backwards[t] = tokens - 1 - t;
            MatMul.Apply([new Product(w, x, data.Zeros(tokens, rows)), new Product(w, x, chosen, backwards)], assembled);
            for (var t = 0; t < tokens; t++)
            {
                AssertSameBits(plain[t], many[t]);
                AssertSameBits(plain[t], one[t]);
                AssertSameBits(plain[t], chosen[tokens - 1 - t]);
            }
        }, iter: 80, threads: 1);
    }

    // On a machine without the instructions both sides are the portable kernel; this says which machine it was.
    [Fact]
    public void Assembled_kernels_are_used_where_the_processor_has_them()
    {
        Assert.SkipUnless(AssembledProduct.IsSupported, "this processor has no AVX512-VNNI");
        using var data = new KernelData(1);
        foreach (var (type, apart) in (ReadOnlySpan<(TensorType, bool)>)[(TensorType.NVFP4, false), (TensorType.NVFP4, true), (TensorType.Q4_0, false), (TensorType.Q8_0, false)])
            foreach (var form in (PackedForm[])[PackedForm.Bytes, PackedForm.TwoBytes, PackedForm.Words]) Assert.NotNull(AssembledProduct.For(Weights(data, type, apart, 2, 320), new PackedLayout(form)));
        Assert.Null(AssembledProduct.For(data.Blocks(TensorType.Q6_K, 2, 256), new PackedLayout(PackedForm.TwoBytes)));
    }

    // Not-a-numbers may differ in their payload.
    internal static void AssertSameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        for (var i = 0; i < expected.Length; i++)
            Assert.True(expected[i].Equals(actual[i]) && (float.IsNaN(expected[i]) || BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i])), $"column {i}: found {actual[i]:R}, expected {expected[i]:R}");
    }
}
