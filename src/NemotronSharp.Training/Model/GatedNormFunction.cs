using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Model;

/// <summary>
/// Mamba-2's gated norm: <c>g = y ⊙ SiLU(z)</c>, then an RMS norm over each of G groups of channels, times the weight.
/// Gradients: dg as in <see cref="RmsNormFunction"/>, <c>dy = dg⊙SiLU(z)</c>, <c>dz = dg⊙y⊙σ(z)(1 + z(1 − σ(z)))</c>.
/// FP32, one pass over memory each way.
/// </summary>
internal sealed class GatedNormFunction : autograd.SingleTensorFunction<GatedNormFunction>
{
    public override string Name => nameof(GatedNormFunction);

    /// <param name="y">[.., D] FP32.</param>
    /// <param name="gate">z, [.., D] FP32.</param>
    /// <param name="weight">[D].</param>
    /// <param name="groups">G, a divisor of D.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    public static Tensor Apply(Tensor y, Tensor gate, Tensor weight, int groups, double epsilon) =>
        apply(y.contiguous(), gate.contiguous(), weight, groups, (float)epsilon);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (y, gate, weight, groups, epsilon) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (int)vars[3], (float)vars[4]);
        ctx.save_for_backward([y, gate, weight]);
        ctx.save_data("groups", groups);
        ctx.save_data("epsilon", epsilon);
        var result = empty_like(y);
        int channels = (int)weight.numel(), width = channels / groups;
        unsafe
        {
            float* source = Floats.Of(y), z = Floats.Of(gate), w = Floats.Of(weight), target = Floats.Of(result);
            RowBlocks.Run((int)(y.numel() / channels), (from, to) =>
            {
                for (var row = from; row < to; row++)
                    for (var c = 0; c < channels; c += width)
                    {
                        var at = (long)row * channels + c;
                        var output = new Span<float>(target + at, width);
                        Gate(source + at, z + at, output);
                        var r = RmsNormFunction.InverseRoot(output, epsilon);
                        for (var i = 0; i < width; i++) output[i] *= r * w[c + i];
                    }
            });
        }
        return result;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var (y, gate, weight) = (saved[0], saved[1], saved[2]);
        var (groups, epsilon) = ((int)ctx.get_data("groups"), (float)ctx.get_data("epsilon"));
        var outer = grad_output.contiguous();
        Tensor dy = empty_like(y), dz = empty_like(gate);
        int channels = (int)weight.numel(), width = channels / groups;
        float[] sum;
        unsafe
        {
            float* source = Floats.Of(y), z = Floats.Of(gate), w = Floats.Of(weight), g = Floats.Of(outer), toY = Floats.Of(dy), toZ = Floats.Of(dz);
            sum = RowBlocks.Sum((int)(y.numel() / channels), channels, (from, to, dw) =>
            {
                var gated = new float[width];
                var inner = new float[width];
                for (var row = from; row < to; row++)
                    for (var c = 0; c < channels; c += width)
                    {
                        var at = (long)row * channels + c;
                        Gate(source + at, z + at, gated);
                        RmsNormFunction.Gradient(gated, new(g + at, width), new(w + c, width), inner, dw.AsSpan(c, width), epsilon);
                        Ungate(source + at, z + at, inner, toY + at, toZ + at);
                    }
            });
        }
        return [dy, dz, tensor(sum), null!, null!];
    }

    private static unsafe void Gate(float* y, float* z, Span<float> gated)
    {
        var i = 0;
        for (; i <= gated.Length - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            var gate = Vector512.Load(z + i);
            (Vector512.Load(y + i) * gate / (Vector512<float>.One + Vector512.Exp(-gate))).CopyTo(gated[i..]);
        }
        for (; i < gated.Length; i++) gated[i] = y[i] * z[i] / (1 + MathF.Exp(-z[i]));
    }

    private static unsafe void Ungate(float* y, float* z, ReadOnlySpan<float> inner, float* dy, float* dz)
    {
        var i = 0;
        for (; i <= inner.Length - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            var gate = Vector512.Load(z + i);
            var d = Vector512.Create(inner[i..]);
            var sigmoid = Vector512<float>.One / (Vector512<float>.One + Vector512.Exp(-gate));
            (d * gate * sigmoid).Store(dy + i);
            (d * Vector512.Load(y + i) * sigmoid * (Vector512<float>.One + gate * (Vector512<float>.One - sigmoid))).Store(dz + i);
        }
        for (; i < inner.Length; i++)
        {
            var sigmoid = 1 / (1 + MathF.Exp(-z[i]));
            dy[i] = inner[i] * z[i] * sigmoid;
            dz[i] = inner[i] * y[i] * sigmoid * (1 + z[i] * (1 - sigmoid));
        }
    }
}
