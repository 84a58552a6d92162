using CsCheck;
using NemotronSharp.Kernels;
using NemotronSharp.Kernels.Jit;
using NemotronSharp.Numerics;
using static NemotronSharp.Tests.Kernels.IntegerProductTests;

namespace NemotronSharp.Tests.Kernels;

/// <summary>Whole-number products where they could go wrong: borders of tiles and chunks, extreme codes, scales and activations, shared and listed tokens, many threads.</summary>
public sealed unsafe class IntegerProductEdgeTests
{
    private static Gen<int> Seeds { get; } = Gen.Int[0, 1 << 30];

    // Whole-number products among float32 ones.
    private static readonly (TensorType Type, bool ScalesApart)[] Company =
        [(TensorType.NVFP4, false), (TensorType.NVFP4, true), (TensorType.Q4_0, false), (TensorType.Q8_0, false), (TensorType.BF16, false), (TensorType.Q5_0, false)];

    // Tokens enough to be multiplied from a panel, and some of a second tile.
    private const int Many = IntegerProduct.DirectTokens + 2;

    public static TheoryData<TensorType, bool, ActivationPrecision> Cases => FormatsAndPrecisions;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_border_of_tiles_panels_and_chunks_has_the_same_bits(TensorType type, bool scalesApart, ActivationPrecision precision)
    {
        using var assembled = new KernelContext(1, precision);
        using var portable = new KernelContext(1, precision) { Assembled = false };
        var unit = Unit(type, scalesApart);
        foreach (var columns in (int[])[unit, 256 - unit, 256, 256 + unit, 512, 768 - unit, 9216])
        {
            using var data = new KernelData(columns);
            var w = Weights(data, type, scalesApart, 67, columns);
            var x = data.Rows(9, columns);
            Rows expected = data.Zeros(9, 67);
            MatMul.Apply(w, x, expected, portable);
            foreach (var rows in (int[])[1, 2, 3, 5, 32, 33, 67])
            {
                for (var tokens = 1; tokens <= 9; tokens++)
                {
                    var actual = data.Zeros(tokens, rows);
                    MatMul.Apply(w.Slice(67 - rows, rows), x.Slice(9 - tokens, tokens), actual, assembled);
                    for (var t = 0; t < tokens; t++) AssertSameBits(expected[9 - tokens + t][(67 - rows)..], actual[t]);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Any_number_of_tokens_gives_each_the_same_bits(TensorType type, bool scalesApart, ActivationPrecision precision)
    {
        using var assembled = new KernelContext(1, precision);
        using var portable = new KernelContext(1, precision) { Assembled = false };
        const int most = 131, rows = 61;
        using var data = new KernelData(7);
        var w = Weights(data, type, scalesApart, rows, 1280 + Unit(type, scalesApart));
        var x = data.Rows(most, w.Columns);
        Rows expected = data.Zeros(most, rows);
        MatMul.Apply(w, x, expected, portable);
        foreach (var tokens in (int[])[5, 31, 63, 64, 65, 67, 128, 129, most])
        {
            var actual = data.Zeros(tokens, rows);
            MatMul.Apply(w, x.Slice(most - tokens, tokens), actual, assembled);
            for (var t = 0; t < tokens; t++) AssertSameBits(expected[most - tokens + t], actual[t]);
        }
    }

    /// <summary>A row for each byte that a scale of NVFP4 may be, or for halves of every kind.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Scales_of_every_kind_give_their_weights_products(TensorType type, bool scalesApart, ActivationPrecision precision)
    {
        using var data = new KernelData(3);
        var unit = Unit(type, scalesApart);
        var columns = 5 * unit;
        const int rows = 256;
        var w = Weights(data, type, scalesApart, rows, columns);
        for (var r = 0; r < rows; r++)
        {
            // Halves: zero, the smallest subnormals, all exponents with either sign, infinities and NaNs at the end.
            var half = (ushort)(r < 4 ? r : r << 8 | r);
            if (scalesApart) new Span<byte>(w.Row(r).Scales, columns / 16).Fill((byte)r);
            else
                for (var block = w.Row(r).Data; block < w.Row(r).Data + w.RowBytes; block += type.BlockBytes())
                    if (type == TensorType.NVFP4) new Span<byte>(block, 4).Fill((byte)r);
                    else *(ushort*)block = half;
        }
        var x = data.Rows(Many, columns);
        Rows rounded = Rounded(data, x, precision), expected = data.Zeros(Many, rows), plain = Product(data, w, x, precision, assembled: false);
        Rows fast = Product(data, w, x, precision, assembled: true), few = Product(data, w, x.Slice(0, 3), precision, assembled: true);
        MatMul.Reference(w, rounded, expected);
        var row = new float[columns];
        var finite = 0;
        for (var r = 0; r < rows; r++)
        {
            w.CopyRow(r, row);
            var isFinite = row.All(float.IsFinite);
            if (isFinite) finite++;
            for (var t = 0; t < Many; t++)
            {
                AssertSameBits(plain[t].Slice(r, 1), fast[t].Slice(r, 1));
                if (t < 3) AssertSameBits(plain[t].Slice(r, 1), few[t].Slice(r, 1));
                double terms = 0;
                for (var k = 0; k < columns; k++) terms += Math.Abs((double)row[k] * rounded[t][k]);
                if (isFinite) Assert.True(Math.Abs((double)plain[t][r] - expected[t][r]) <= terms * 1e-6 + 1e-44, $"row {r}, token {t}: found {plain[t][r]:R}, expected {expected[t][r]:R}");
                else Assert.False(float.IsFinite(plain[t][r]));
            }
        }
        Assert.InRange(finite, 240, 256);
    }

    /// <summary>The largest sums that codes and activations can make fit their integers.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Extreme_codes_and_activations_do_not_overflow(TensorType type, bool scalesApart, ActivationPrecision precision)
    {
        foreach (var code in (byte[])[0, 0x77, 0x7F, 0x80, 0xFF])
        {
            foreach (var value in (float[])[-3f, 3f, 1e-20f, -1e30f])
            {
                using var data = new KernelData(1);
                var columns = 4 * Unit(type, scalesApart);
                var w = Weights(data, type, scalesApart, 3, columns);
                for (var r = 0; r < 3; r++)
                {
                    var (step, head) = scalesApart ? ((int)w.RowBytes, 0) : (type.BlockBytes(), type == TensorType.NVFP4 ? 4 : 2);
                    for (var block = w.Row(r).Data; block < w.Row(r).Data + w.RowBytes; block += step) new Span<byte>(block + head, step - head).Fill(code);
                }
                var x = data.Zeros(Many, columns);
                for (var t = 0; t < Many; t++) x[t].Fill(t % 2 == 0 ? value : -value);
                Rows expected = data.Zeros(Many, 3), plain = Product(data, w, x, precision, assembled: false);
                Rows fast = Product(data, w, x, precision, assembled: true), few = Product(data, w, x.Slice(0, 2), precision, assembled: true);
                MatMul.Reference(w, x, expected);
                for (var t = 0; t < Many; t++)
                {
                    AssertSameBits(plain[t], fast[t]);
                    if (t < 2) AssertSameBits(plain[t], few[t]);
                    for (var r = 0; r < 3; r++) Assert.Equal(expected[t][r], plain[t][r], MathF.Abs(expected[t][r]) * 2e-6f);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Activations_of_every_size_have_the_same_bits(TensorType type, bool scalesApart, ActivationPrecision precision)
    {
        using var data = new KernelData(5);
        var w = Weights(data, type, scalesApart, 7, 9 * Unit(type, scalesApart));
        var x = data.Rows(6, w.Columns);
        // Groups of zeros, below and above what counts as zero, subnormal, huge, infinite, not a number: a token for each, then all in one.
        float[] sizes = [0, 1e-31f, 2e-30f, 1e-42f, 3e38f];
        for (var t = 0; t < 6; t++)
            for (var k = 0; k < w.Columns; k++) x[t][k] *= sizes[t < 5 ? t : k / 16 % 5];
        Rows plain = Product(data, w, x, precision, assembled: false), fast = Product(data, w, x, precision, assembled: true);
        for (var t = 0; t < 6; t++) AssertSameBits(plain[t], fast[t]);
        foreach (var t in (int[])[0, 1, 3]) Assert.All(plain[t].ToArray(), y => Assert.Equal(0f, y));
        foreach (var value in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            x[2][w.Columns - 1] = value;
            foreach (var assembled in (bool[])[false, true])
            {
                var y = Product(data, w, x, precision, assembled);
                Assert.All(y[2].ToArray(), v => Assert.True(float.IsNaN(v)));
                AssertSameBits(plain[1], y[1]);
            }
        }
    }

    /// <summary>As a layer's experts do it: many matrices of several types at once, each for some of the tokens, in any order and more than once.</summary>
    [Fact]
    public void Products_in_company_have_the_bits_that_they_have_alone()
    {
        foreach (var precision in (ActivationPrecision[])[ActivationPrecision.Int16, ActivationPrecision.Int8])
        {
            using var alone = new KernelContext(1, precision) { Assembled = false };
            using var few = new KernelContext(3, precision);
            using var many = new KernelContext(16, precision);
            using var portable = new KernelContext(5, precision) { Assembled = false };
            Gen.Select(Seeds, Gen.Int[1, 12], Gen.Int[1, 8]).Sample((seed, tokens, count) =>
            {
                using var data = new KernelData(seed);
                const int columns = 320;
                // Rows that are parts of longer rows.
                Rows wide = data.Rows(tokens, 3 * columns), x = wide.Columns(17, columns), other = wide.Columns(columns + 17, columns);
                var products = new Product[count];
                var lists = stackalloc int[count * 16];
                for (var i = 0; i < count; i++)
                {
                    var (type, apart) = Company[data.Random.Next(Company.Length)];
                    var rows = data.Random.Next(1, 130);
                    var w = type == TensorType.BF16 ? data.Weights(type, rows, columns) : Weights(data, type, apart, rows, columns);
                    var list = lists + 16 * i;
                    var listed = data.Random.Next(1, 16);
                    for (var t = 0; t < listed; t++) list[t] = data.Random.Next(tokens);
                    var isListed = data.Random.Next(3) > 0;
                    products[i] = new Product(w, data.Random.Next(4) > 0 ? x : other, data.Zeros(isListed ? listed : tokens, rows + 3).Columns(1, rows), isListed ? list : null);
                }
                foreach (var context in (KernelContext[])[few, many, portable])
                {
                    MatMul.Apply(products, context);
                    foreach (ref readonly var product in products.AsSpan())
                    {
                        for (var t = 0; t < product.Count; t++)
                        {
                            var expected = data.Zeros(1, product.Weights.Rows);
                            MatMul.Apply(product.Weights, product.X.Slice(product.Row(t), 1), expected, alone);
                            AssertSameBits(expected[0], product.Y[t]);
                            product.Y[t].Clear();
                        }
                    }
                }
            }, iter: 15, threads: 1);
        }
    }

    /// <summary>A product for one token is shared out from a megabyte of weights on.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Large_matrices_have_the_same_bits_on_any_number_of_threads(TensorType type, bool scalesApart, ActivationPrecision precision)
    {
        using var data = new KernelData(9);
        var columns = 17 * 64;
        var w = Weights(data, type, scalesApart, (int)(3_300_000 / new WeightMatrix(type, 1, columns, null, 1, scalesApart ? (byte*)1 : null).RowBytes) | 1, columns);
        var x = data.Rows(3, columns);
        Rows expected = data.Zeros(3, w.Rows);
        using (var portable = new KernelContext(1, precision) { Assembled = false }) MatMul.Apply(w, x, expected, portable);
        foreach (var threads in (int[])[1, 2, 3, 5, 8, 16])
        {
            using var kernels = new KernelContext(threads, precision) { Assembled = threads != 5 };
            Rows one = data.Zeros(1, w.Rows), all = data.Zeros(3, w.Rows);
            MatMul.Apply(w, x.Slice(1, 1), one, kernels);
            MatMul.Apply(w, x, all, kernels);
            AssertSameBits(expected[1], one[0]);
            for (var t = 0; t < 3; t++) AssertSameBits(expected[t], all[t]);
        }
    }

    /// <summary>NVFP4's two layouts are the same numbers, so a converted file gives the same logits.</summary>
    [Theory]
    [InlineData(ActivationPrecision.Int16)]
    [InlineData(ActivationPrecision.Int8)]
    public void Both_layouts_of_NVFP4_give_the_same_bits(ActivationPrecision precision)
    {
        const int rows = 37, columns = 448;
        using var data = new KernelData(8);
        var folder = Weights(data, TensorType.NVFP4, true, rows, columns);
        var file = data.Blocks(TensorType.NVFP4, rows, columns);
        for (var r = 0; r < rows; r++)
        {
            for (var group = 0; group < columns / 16; group++)
            {
                folder.Row(r).Scales[group] &= 0x7F;
                byte* block = file.Row(r).Data + group / 4 * 36, codes = folder.Row(r).Data + 8 * group;
                block[group % 4] = folder.Row(r).Scales[group];
                int Code(int i) => i % 2 == 0 ? codes[i / 2] & 15 : codes[i / 2] >> 4;
                for (var j = 0; j < 8; j++) block[4 + 8 * (group % 4) + j] = (byte)(Code(j) | Code(j + 8) << 4);
            }
        }
        var x = data.Rows(5, columns);
        var expected = Product(data, folder, x, precision, assembled: false);
        foreach (var y in (Rows[])[Product(data, folder, x, precision, assembled: true), Product(data, file, x, precision, assembled: true), Product(data, file, x, precision, assembled: false)])
            for (var t = 0; t < 5; t++) AssertSameBits(expected[t], y[t]);
    }

    /// <summary>Weights lie in mapped files, and behind a file's last page there is nothing to read.</summary>
    [Fact]
    public void No_kernel_reads_behind_its_weights()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "memory is guarded by POSIX calls");
        foreach (var (type, apart) in (ReadOnlySpan<(TensorType, bool)>)[.. Enum.GetValues<TensorType>().Where(t => t.IsWeight()).Select(t => (t, false)), (TensorType.NVFP4, true)])
        {
            var unit = apart ? 16 : type.BlockElements() == 1 ? 7 : type.BlockElements();
            for (var units = 1; units <= 9; units += 2)
            {
                using var data = new KernelData(units);
                const int rows = 3;
                var w = type is TensorType.F32 or TensorType.F16 or TensorType.BF16 ? data.Weights(type, rows, units * unit) : Weights(data, type, apart, rows, units * unit);
                using var weights = new GuardedMemory(new ReadOnlySpan<byte>(w.Data, (int)(rows * w.RowBytes)));
                using var scales = new GuardedMemory(new ReadOnlySpan<byte>(w.BlockScales, apart ? rows * w.Columns / 16 : 0));
                var guarded = new WeightMatrix(type, rows, w.Columns, weights.Data, w.Scale, apart ? scales.Data : null);
                var x = data.Rows(5, w.Columns);
                foreach (var precision in Enum.GetValues<ActivationPrecision>())
                {
                    foreach (var assembled in (bool[])[false, true])
                    {
                        Rows expected = Product(data, w, x, precision, assembled), many = Product(data, guarded, x, precision, assembled), one = Product(data, guarded, x.Slice(0, 1), precision, assembled);
                        for (var t = 0; t < 5; t++) AssertSameBits(expected[t], many[t]);
                        AssertSameBits(expected[0], one[0]);
                    }
                }
            }
        }
    }

    [Fact]
    public void Formats_with_codes_are_the_same_ones_everywhere()
    {
        using var data = new KernelData(1);
        foreach (var type in Enum.GetValues<TensorType>().Where(t => t.IsWeight()))
        {
            var w = new WeightMatrix(type, 1, 256, (byte*)data.Zeros(1, 256).Data);
            var decoder = CodeDecoder.For(type, scalesApart: false, signed: false);
            if (IntegerProduct.Applies(w)) CodedFormats.Visit(w, new SameZero(decoder!));
            else
            {
                Assert.Null(decoder);
                Assert.Contains($"{type}", Assert.Throws<ArgumentException>(() => CodedFormats.Visit(w, new SameZero(null!))).Message);
            }
        }
        var apart = new WeightMatrix(TensorType.NVFP4, 1, 256, (byte*)data.Zeros(1, 64).Data, 1, (byte*)data.Zeros(1, 64).Data);
        CodedFormats.Visit(apart, new SameZero(CodeDecoder.For(TensorType.NVFP4, scalesApart: true, signed: false)!));
    }

    private readonly struct SameZero(CodeDecoder decoder) : ICodedFormatVisitor
    {
        public void Visit<TFormat>() where TFormat : ICodedFormat => Assert.Equal(TFormat.Zero, decoder.Zero);
    }

    private static Rows Product(KernelData data, WeightMatrix w, Rows x, ActivationPrecision precision, bool assembled)
    {
        using var kernels = new KernelContext(1, precision) { Assembled = assembled };
        var y = data.Zeros(x.Count, w.Rows);
        MatMul.Apply(w, x, y, kernels);
        return y;
    }

    // What is left of activations.
    private static Rows Rounded(KernelData data, Rows x, ActivationPrecision precision)
    {
        var rounded = data.Copy(x);
        for (var t = 0; t < x.Count; t++)
        {
            for (var k = 0; k < x.Width; k += PackedLayout.Group)
            {
                var q = PackedActivations.Quantize(x.Row(t) + k, PackedActivations.Largest(precision), out var scale);
                for (var i = 0; i < PackedLayout.Group; i++) rounded[t][k + i] = scale * q[i];
            }
        }
        return rounded;
    }
}
