using CsCheck;
using NemotronSharp.Kernels;
using NemotronSharp.Numerics;
using NemotronSharp.State;
using NemotronSharp.Tests.Numerics;

namespace NemotronSharp.Tests.Kernels;

/// <summary>Every fast path against its scalar reference, on random inputs and odd sizes.</summary>
public sealed unsafe class KernelTests
{
    private static Gen<int> Seeds { get; } = Gen.Int[0, 1 << 30];

    [Theory]
    [InlineData(TensorType.F32)]
    [InlineData(TensorType.F16)]
    [InlineData(TensorType.BF16)]
    public void MatMul_equals_its_reference(TensorType type)
    {
        using var kernels = new KernelContext(2, ActivationPrecision.Float32);
        Gen.Select(Seeds, Gen.Int[1, 70], Gen.Int[1, 90], Gen.Int[1, 11]).Sample((seed, rows, columns, tokens) =>
        {
            using var data = new KernelData(seed);
            var w = data.Weights(type, rows, columns);
            var x = data.Rows(tokens, columns);
            Rows expected = data.Zeros(tokens, rows), actual = data.Zeros(tokens, rows);
            MatMul.Reference(w, x, expected);
            MatMul.Apply(w, x, actual, kernels);
            // Terms may cancel in the result, but not in its rounding errors: those grow with the terms, whose mean size is a quarter.
            KernelData.AssertClose(expected, actual, 1e-6, unit: columns / 4.0);
        }, iter: 150, threads: 1);
    }

    [Theory]
    [MemberData(nameof(BlockFormatTests.Types), MemberType = typeof(BlockFormatTests))]
    [InlineData(TensorType.F8E4M3)]
    public void MatMul_of_stored_types_equals_its_reference_on_every_route(TensorType type)
    {
        using var kernels = new KernelContext(2, ActivationPrecision.Float32);
        Gen.Select(Seeds, Gen.Int[1, 40], Gen.Int[1, 5], Gen.Int[1, 9]).Sample((seed, rows, blocks, tokens) =>
        {
            using var data = new KernelData(seed);
            var w = data.Blocks(type, rows, blocks * Math.Max(16, type.BlockElements()));
            var x = data.Rows(tokens, w.Columns);
            Rows expected = data.Zeros(tokens, rows), actual = data.Zeros(tokens, rows), single = data.Zeros(tokens, rows);
            MatMul.Reference(w, x, expected);
            MatMul.Apply(w, x, actual, kernels);
            KernelData.AssertClose(expected, actual, 2e-6, unit: w.Columns * data.LargestOf(w) / 4);
            for (var t = 0; t < tokens; t++) MatMul.Apply(w, x.Slice(t, 1), single.Slice(t, 1), kernels);
            for (var t = 0; t < tokens; t++) Assert.True(actual[t].SequenceEqual(single[t]));
        }, iter: 40, threads: 1);
    }

    [Fact]
    public void MatMul_of_one_token_has_the_same_bits_as_in_any_batch()
    {
        using var kernels = new KernelContext(2, ActivationPrecision.Float32);
        Gen.Select(Seeds, Gen.Int[1, 70], Gen.Int[1, 90], Gen.Int[2, 11]).Sample((seed, rows, columns, tokens) =>
        {
            using var data = new KernelData(seed);
            var w = data.Weights(TensorType.BF16, rows, columns);
            var x = data.Rows(tokens, columns);
            Rows batch = data.Zeros(tokens, rows), single = data.Zeros(tokens, rows);
            MatMul.Apply(w, x, batch, kernels);
            for (var t = 0; t < tokens; t++) MatMul.Apply(w, x.Slice(t, 1), single.Slice(t, 1), kernels);
            for (var t = 0; t < tokens; t++) Assert.True(batch[t].SequenceEqual(single[t]));
        }, iter: 100, threads: 1);
    }

    [Fact]
    public void MatMul_refuses_widths_that_do_not_fit()
    {
        using var data = new KernelData(1);
        using var kernels = new KernelContext(1, ActivationPrecision.Float32);
        var w = data.Weights(TensorType.F32, 4, 8);
        Assert.Throws<ArgumentException>(() => MatMul.Apply(w, data.Rows(1, 7), data.Rows(1, 4), kernels));
    }

    [Fact]
    public void Every_half_widens_exactly()
    {
        var halves = new Half[1 << 16];
        for (var i = 0; i < halves.Length; i++) halves[i] = BitConverter.UInt16BitsToHalf((ushort)i);
        fixed (Half* source = halves)
        {
            for (var i = 0; i < halves.Length; i += 16)
            {
                var lanes = F16Format.Load16(new WeightRow((byte*)source), i);
                for (var lane = 0; lane < 16; lane++)
                {
                    var expected = (float)halves[i + lane];
                    if (float.IsNaN(expected)) Assert.True(float.IsNaN(lanes[lane]));
                    else Assert.Equal(BitConverter.SingleToInt32Bits(expected), BitConverter.SingleToInt32Bits(lanes[lane]));
                }
            }
        }
    }

    [Fact]
    public void BFloat16_rounds_to_nearest_even_and_keeps_its_own_values()
    {
        for (var bits = 0; bits < 1 << 16; bits++)
        {
            var value = BFloat16.ToSingle((ushort)bits);
            if (float.IsNaN(value)) Assert.True(float.IsNaN(BFloat16.ToSingle(BFloat16.FromSingle(value))));
            else Assert.Equal(bits, BFloat16.FromSingle(value));
        }

        // 1 + 2^-8 lies half-way between 1 and 1 + 2^-7; 1 is the even one. Its neighbour rounds up to 1 + 2^-6.
        Assert.Equal(1f, BFloat16.ToSingle(BFloat16.FromSingle(1f + 1f / 256)));
        Assert.Equal(1f + 1f / 64, BFloat16.ToSingle(BFloat16.FromSingle(1f + 3f / 256)));
    }

    [Fact]
    public void RmsNorm_equals_its_reference()
    {
        using var workers = new Workers(2);
        Gen.Select(Seeds, Gen.Int[1, 100]).Sample((seed, width) =>
        {
            using var data = new KernelData(seed);
            Rows x = data.Rows(1, width, 3), weight = data.Rows(1, width), expected = data.Zeros(1, width), actual = data.Zeros(1, width);
            RmsNorm.Reference(x[0], weight[0], 1e-5f, expected[0]);
            RmsNorm.Apply(x, weight.Data, 1e-5f, actual, workers);
            KernelData.AssertClose(expected, actual, 1e-6);
        }, iter: 200, threads: 1);
    }

    [Fact]
    public void GatedRmsNorm_equals_its_reference_and_groups_are_independent()
    {
        using var workers = new Workers(2);
        Gen.Select(Seeds, Gen.Int[1, 40], Gen.Int[1, 5]).Sample((seed, groupWidth, groups) =>
        {
            using var data = new KernelData(seed);
            var width = groupWidth * groups;
            Rows y = data.Rows(3, width, 2), z = data.Rows(3, width, 4), weight = data.Rows(1, width), expected = data.Zeros(3, width), actual = data.Zeros(3, width);
            for (var t = 0; t < 3; t++) GatedRmsNorm.Reference(y[t], z[t], weight[0], groups, 1e-5f, expected[t]);
            GatedRmsNorm.Apply(y, z, weight.Data, groups, 1e-5f, actual, workers);
            KernelData.AssertClose(expected, actual, 2e-6);
        }, iter: 150, threads: 1);
    }

    [Fact]
    public void CausalConv_equals_its_reference_for_any_split_of_the_tokens()
    {
        using var workers = new Workers(2);
        Gen.Select(Seeds, Gen.Int[1, 50], Gen.Int[2, 5], Gen.Int[1, 9], Gen.Int[1, 9]).Sample((seed, channels, kernel, first, second) =>
        {
            using var data = new KernelData(seed);
            Rows x = data.Rows(first + second, channels), taps = data.Rows(kernel, channels), bias = data.Rows(1, channels);
            Rows window = data.Rows(kernel - 1, channels), before = data.Copy(window), expected = data.Zeros(first + second, channels), actual = data.Zeros(first + second, channels);
            for (var c = 0; c < channels; c++)
            {
                var column = Enumerable.Range(0, x.Count).Select(t => x[t][c]).ToArray();
                var result = new float[column.Length];
                CausalConv.Reference([.. Enumerable.Range(0, kernel - 1).Select(i => before[i][c])], column, [.. Enumerable.Range(0, kernel).Select(i => taps[i][c])], bias[0][c], result);
                for (var t = 0; t < result.Length; t++) expected[t][c] = result[t];
            }

            CausalConv.Apply(x.Slice(0, first), taps.Data, bias.Data, kernel, window.Data, actual.Slice(0, first), workers);
            CausalConv.Apply(x.Slice(first, second), taps.Data, bias.Data, kernel, window.Data, actual.Slice(first, second), workers);
            KernelData.AssertClose(expected, actual, 2e-6);
        }, iter: 150, threads: 1);
    }

    [Fact]
    public void SelectiveScan_equals_its_reference_and_the_chunked_form()
    {
        using var workers = new Workers(2);
        using var arena = new Arena();
        Gen.Select(Seeds, Gen.Int[1, 3], Gen.Int[1, 70], Gen.Int[1, 40], Gen.Int[1, 30], Gen.Int[1, 9]).Sample((seed, groups, headDim, states, tokens, chunk) =>
        {
            using var data = new KernelData(seed);
            var heads = 2 * groups;
            Rows x = data.Rows(tokens, heads * headDim), b = data.Rows(tokens, groups * states), c = data.Rows(tokens, groups * states), delta = data.Rows(tokens, heads);
            Rows decay = data.Rows(1, heads), skip = data.Rows(1, heads), state = data.Rows(heads, states * headDim);
            for (var i = 0; i < tokens * heads; i++) delta.Data[i] = MathF.Abs(delta.Data[i]);
            for (var i = 0; i < heads; i++) decay.Data[i] = -5 * MathF.Abs(decay.Data[i]);
            (Rows State, Rows Y) Result(Action<ScanOperands> scan)
            {
                Rows moved = data.Copy(state), y = data.Zeros(tokens, heads * headDim);
                scan(new ScanOperands { X = x, B = b, C = c, Delta = delta, Decay = decay.Data, Skip = skip.Data, State = moved.Data, Y = y, Shape = (heads, headDim, groups, states) });
                return (moved, y);
            }

            var expected = Result(o => SelectiveScan.Reference(o));
            foreach (var actual in new[] { Result(o => SelectiveScan.Apply(o, workers)), Result(o => ChunkedScan.Apply(o, chunk, arena, workers)) })
            {
                KernelData.AssertClose(expected.Y, actual.Y, 5e-6);
                KernelData.AssertClose(expected.State, actual.State, 5e-6);
            }

            // From a state that stays: the same bits elsewhere.
            Rows before = data.Copy(state), elsewhere = data.Zeros(heads, states * headDim);
            foreach (var scan in (Action<ScanOperands>[])[o => SelectiveScan.Apply(o, workers), o => SelectiveScan.Reference(o)])
            {
                var (inPlace, y) = (Result(scan), data.Zeros(tokens, heads * headDim));
                scan(new ScanOperands { X = x, B = b, C = c, Delta = delta, Decay = decay.Data, Skip = skip.Data, State = elsewhere.Data, Source = state.Data, Y = y, Shape = (heads, headDim, groups, states) });
                KernelData.AssertClose(before, state, 0);
                KernelData.AssertClose(inPlace.State, elsewhere, 0);
                KernelData.AssertClose(inPlace.Y, y, 0);
            }
        }, iter: 120, threads: 1);
    }

    [Fact]
    public void Time_steps_are_softplus_and_not_clamped()
    {
        using var data = new KernelData(1);
        var dt = data.Zeros(1, 4);
        ((ReadOnlySpan<float>)[-20f, 0f, 3f, 50f]).CopyTo(dt[0]);
        TimeStep.Apply(dt, data.Zeros(1, 4).Data, 0, float.PositiveInfinity);
        Assert.Equal(2.0611537e-9f, dt[0][0], 1e-15f);
        Assert.Equal(0.6931472f, dt[0][1], 1e-7f);
        Assert.Equal(3.0485873f, dt[0][2], 1e-6f);
        Assert.Equal(50f, dt[0][3]);
    }

    [Fact]
    public void A_failing_job_reports_its_error_and_the_workers_go_on()
    {
        using var workers = new Workers(3);
        Assert.Throws<InvalidOperationException>(() => workers.Run(new Failing(), 100, 1));
        var sum = 0L;
        workers.Run(new Adding(&sum), 1000, 3);
        Assert.Equal(499500, sum);
    }

    private readonly struct Failing : IJob
    {
        public void Run(int begin, int end) => throw new ArithmeticException("as asked");
    }

    private readonly struct Adding(long* sum) : IJob
    {
        public void Run(int begin, int end)
        {
            for (var i = begin; i < end; i++) Interlocked.Add(ref *sum, i);
        }
    }
}
