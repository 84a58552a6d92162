using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Model;

/// <summary>
/// <c>n = x·r, y = w ⊙ n</c> with <c>r = 1/sqrt(mean(x²) + eps)</c> over each row, and its gradients
/// <c>dx = r·(w⊙dy − n·mean(w⊙dy⊙n))</c>, <c>dw = Σ dy⊙n</c>. FP32, one pass over memory each way.
/// </summary>
internal sealed class RmsNormFunction : autograd.SingleTensorFunction<RmsNormFunction>
{
    public override string Name => nameof(RmsNormFunction);

    /// <param name="x">[.., W] FP32.</param>
    /// <param name="weight">[W].</param>
    /// <param name="epsilon">Added to the mean square.</param>
    public static Tensor Apply(Tensor x, Tensor weight, double epsilon) => apply(x.contiguous(), weight, (float)epsilon);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, weight, epsilon) = ((Tensor)vars[0], (Tensor)vars[1], (float)vars[2]);
        ctx.save_for_backward([x, weight]);
        ctx.save_data("epsilon", epsilon);
        var y = empty_like(x);
        var width = (int)weight.numel();
        unsafe
        {
            float* source = Floats.Of(x), target = Floats.Of(y), w = Floats.Of(weight);
            RowBlocks.Run((int)(x.numel() / width), (from, to) =>
            {
                for (var row = from; row < to; row++)
                {
                    var input = new ReadOnlySpan<float>(source + (long)row * width, width);
                    var output = new Span<float>(target + (long)row * width, width);
                    var r = InverseRoot(input, epsilon);
                    for (var i = 0; i < width; i += Vector<float>.Count)
                    {
                        if (i + Vector<float>.Count <= width)
                            (new Vector<float>(input[i..]) * r * new Vector<float>(new ReadOnlySpan<float>(w + i, Vector<float>.Count))).CopyTo(output[i..]);
                        else
                            for (var j = i; j < width; j++) output[j] = input[j] * r * w[j];
                    }
                }
            });
        }
        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var (x, weight, epsilon) = (saved[0], saved[1], (float)ctx.get_data("epsilon"));
        var dy = grad_output.contiguous();
        var dx = empty_like(x);
        var width = (int)weight.numel();
        float[] sum;
        unsafe
        {
            float* source = Floats.Of(x), outer = Floats.Of(dy), result = Floats.Of(dx), w = Floats.Of(weight);
            sum = RowBlocks.Sum((int)(x.numel() / width), width, (from, to, dw) =>
            {
                for (var row = from; row < to; row++)
                {
                    var at = (long)row * width;
                    Gradient(new(source + at, width), new(outer + at, width), new(w, width), new(result + at, width), dw, epsilon);
                }
            });
        }
        return [dx, tensor(sum), null!];
    }

    /// <summary>Gradient of one normed vector: <paramref name="dx"/> is set, <paramref name="dw"/> added to.</summary>
    internal static void Gradient(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, ReadOnlySpan<float> weight, Span<float> dx, Span<float> dw, float epsilon)
    {
        var r = InverseRoot(x, epsilon);
        var dots = Vector<float>.Zero;
        var i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var g = new Vector<float>(dy[i..]);
            var v = new Vector<float>(x[i..]);
            dots += g * new Vector<float>(weight[i..]) * v;
            (new Vector<float>(dw[i..]) + g * v * r).CopyTo(dw[i..]);
        }
        var dot = Vector.Sum(dots);
        for (; i < x.Length; i++)
        {
            dot += dy[i] * weight[i] * x[i];
            dw[i] += dy[i] * x[i] * r;
        }
        // n·mean(w⊙dy⊙n) = x·r³·Σ(w⊙dy⊙x)/W, once r is taken out of the bracket.
        var along = dot * r * r / x.Length;
        i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
            ((new Vector<float>(dy[i..]) * new Vector<float>(weight[i..]) - new Vector<float>(x[i..]) * along) * r).CopyTo(dx[i..]);
        for (; i < x.Length; i++) dx[i] = (dy[i] * weight[i] - x[i] * along) * r;
    }

    /// <summary><c>1/sqrt(mean(x²) + eps)</c>.</summary>
    internal static float InverseRoot(ReadOnlySpan<float> x, float epsilon)
    {
        var squares = Vector<float>.Zero;
        var i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var v = new Vector<float>(x[i..]);
            squares += v * v;
        }
        var sum = Vector.Sum(squares);
        for (; i < x.Length; i++) sum += x[i] * x[i];
        return 1 / MathF.Sqrt(sum / x.Length + epsilon);
    }
}
