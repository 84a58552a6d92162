using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Model;

/// <summary>
/// Depthwise causal convolution with bias and SiLU, reset at document borders:
/// <c>y_t[j] = SiLU(b[j] + Σ_k w[j, K−1−k] · x_{t−k}[j])</c> over the taps k that stay inside the document of t.
/// One pass over memory each way, where separate operations would take a dozen. FP32; rows run in parallel, sums in a fixed order.
/// </summary>
internal sealed class CausalConvolution : autograd.SingleTensorFunction<CausalConvolution>
{
    public override string Name => nameof(CausalConvolution);

    /// <param name="x">[B, T, J].</param>
    /// <param name="weight">[J, 1, K].</param>
    /// <param name="bias">[J].</param>
    /// <param name="batch">Whose document borders hold.</param>
    public static Tensor Apply(Tensor x, Tensor weight, Tensor bias, PackedBatch batch) => apply(x.contiguous(), weight, bias, batch.Age);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, weight, bias, age) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (int[])vars[3]);
        ctx.save_for_backward([x, weight, bias]);
        ctx.save_data("age", age);
        var y = empty_like(x);
        var shape = new Shape(x, weight);
        var taps = shape.TapMajor(weight);
        unsafe
        {
            fixed (byte* input = x.bytes, output = y.bytes, biases = bias.bytes)
            {
                float* source = (float*)input, target = (float*)output, b = (float*)biases;
                Parallel.For(0, shape.Rows, row => Forward(shape, source, target, taps, b, age, row));
            }
        }
        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var (x, weight, bias) = (saved[0], saved[1], saved[2]);
        var age = (int[])ctx.get_data("age");
        var shape = new Shape(x, weight);
        var taps = shape.TapMajor(weight);
        var dy = grad_output.contiguous();
        var dx = empty_like(x);
        var inner = empty_like(x);                                            // gradient before the SiLU
        var partial = new float[shape.Rows][];                                // per row: K weight rows, then the bias
        unsafe
        {
            fixed (byte* input = x.bytes, outer = dy.bytes, biases = bias.bytes, result = dx.bytes, scratch = inner.bytes)
            {
                float* source = (float*)input, gradient = (float*)outer, b = (float*)biases, target = (float*)result, pre = (float*)scratch;
                Parallel.For(0, shape.Rows, row => partial[row] = Backward(shape, source, gradient, target, pre, taps, b, age, row));
            }
        }
        inner.Dispose();

        var sum = new float[(shape.Taps + 1) * shape.Channels];
        foreach (var part in partial)
            for (var i = 0; i < sum.Length; i++) sum[i] += part[i];
        var dWeight = tensor(sum.AsSpan(0, shape.Taps * shape.Channels).ToArray(), [shape.Taps, shape.Channels]).flip(0).t().contiguous().unsqueeze(1);
        var dBias = tensor(sum.AsSpan(shape.Taps * shape.Channels).ToArray());
        return [dx, dWeight, dBias, null!];
    }

    private static unsafe void Forward(Shape shape, float* x, float* y, float[] taps, float* bias, int[] age, int row)
    {
        var (channels, width) = (shape.Channels, Vector512<float>.Count);
        fixed (float* w = taps)
            for (var t = 0; t < shape.Length; t++)
            {
                var at = row * shape.Length + t;
                var reach = Math.Min(age[at], shape.Taps - 1);
                float* input = x + (long)at * channels, output = y + (long)at * channels;
                var j = 0;
                for (; j <= channels - width; j += width)
                {
                    var pre = Inner(input, w, bias, channels, reach, j);
                    (pre / (Vector512<float>.One + Vector512.Exp(-pre))).Store(output + j);
                }
                for (; j < channels; j++)
                {
                    var pre = InnerScalar(input, w, bias, channels, reach, j);
                    output[j] = pre / (1 + MathF.Exp(-pre));
                }
            }
    }

    private static unsafe float[] Backward(Shape shape, float* x, float* dy, float* dx, float* inner, float[] taps, float* bias, int[] age, int row)
    {
        var (channels, length, width) = (shape.Channels, shape.Length, Vector512<float>.Count);
        var sums = new float[(shape.Taps + 1) * channels];
        fixed (float* w = taps, sum = sums)
        {
            for (var t = 0; t < length; t++)
            {
                var at = row * length + t;
                var reach = Math.Min(age[at], shape.Taps - 1);
                float* input = x + (long)at * channels, outer = dy + (long)at * channels, pre = inner + (long)at * channels;
                var j = 0;
                for (; j <= channels - width; j += width)
                {
                    var value = Inner(input, w, bias, channels, reach, j);
                    var sigmoid = Vector512<float>.One / (Vector512<float>.One + Vector512.Exp(-value));
                    var d = Vector512.Load(outer + j) * sigmoid * (Vector512<float>.One + value * (Vector512<float>.One - sigmoid));
                    d.Store(pre + j);
                    for (var k = 0; k <= reach; k++)
                        (Vector512.Load(sum + k * channels + j) + d * Vector512.Load(input - k * channels + j)).Store(sum + k * channels + j);
                    (Vector512.Load(sum + shape.Taps * channels + j) + d).Store(sum + shape.Taps * channels + j);
                }
                for (; j < channels; j++)
                {
                    var value = InnerScalar(input, w, bias, channels, reach, j);
                    var sigmoid = 1 / (1 + MathF.Exp(-value));
                    var d = pre[j] = outer[j] * sigmoid * (1 + value * (1 - sigmoid));
                    for (var k = 0; k <= reach; k++) sum[k * channels + j] += d * input[j - k * channels];
                    sum[shape.Taps * channels + j] += d;
                }
            }
            // x_t is read by t, t+1, …, t+K−1 as long as they are of its document.
            for (var t = 0; t < length; t++)
            {
                var at = row * length + t;
                var readers = 1;
                while (readers < shape.Taps && t + readers < length && age[at + readers] >= readers) readers++;
                float* pre = inner + (long)at * channels, target = dx + (long)at * channels;
                var j = 0;
                for (; j <= channels - width; j += width)
                {
                    var d = Vector512<float>.Zero;
                    for (var k = 0; k < readers; k++) d += Vector512.Load(pre + k * channels + j) * Vector512.Load(w + k * channels + j);
                    d.Store(target + j);
                }
                for (; j < channels; j++)
                {
                    var d = 0f;
                    for (var k = 0; k < readers; k++) d += pre[j + k * channels] * w[j + k * channels];
                    target[j] = d;
                }
            }
        }
        return sums;
    }

    private static unsafe Vector512<float> Inner(float* input, float* taps, float* bias, int channels, int reach, int j)
    {
        var sum = Vector512.Load(bias + j);
        for (var k = 0; k <= reach; k++) sum += Vector512.Load(input - k * channels + j) * Vector512.Load(taps + k * channels + j);
        return sum;
    }

    private static unsafe float InnerScalar(float* input, float* taps, float* bias, int channels, int reach, int j)
    {
        var sum = bias[j];
        for (var k = 0; k <= reach; k++) sum += input[j - k * channels] * taps[j + k * channels];
        return sum;
    }

    private readonly struct Shape(Tensor x, Tensor weight)
    {
        public int Rows { get; } = (int)x.shape[0];

        public int Length { get; } = (int)x.shape[1];

        public int Channels { get; } = (int)x.shape[2];

        public int Taps { get; } = (int)weight.shape[2];

        // [J, 1, K] with the newest tap last, to [K, J] with tap k looking k positions back.
        public float[] TapMajor(Tensor weight)
        {
            var source = MemoryMarshal.Cast<byte, float>(weight.bytes);
            var result = new float[source.Length];
            for (var j = 0; j < Channels; j++)
                for (var k = 0; k < Taps; k++) result[k * Channels + j] = source[j * Taps + Taps - 1 - k];
            return result;
        }
    }
}
