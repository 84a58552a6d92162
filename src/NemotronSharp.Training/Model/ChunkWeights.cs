using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Model;

/// <summary>
/// The SSD's weights inside a chunk: <c>W[t, s] = exp(l_t − l_s)·cb[t, s]</c> where s ≤ t is of the same document, else 0.
/// Gradients: <c>dcb = Σ_heads dW·exp(l_t − l_s)</c>, <c>dl_t = Σ_s dW·W − Σ_u dW[u, t]·W[u, t]</c>.
/// FP32; what the mask forbids is never computed.
/// </summary>
internal sealed class ChunkWeights : autograd.SingleTensorFunction<ChunkWeights>
{
    public override string Name => nameof(ChunkWeights);

    /// <param name="decay">l, [B, C, h, Q]: cumulative log decay in the chunk.</param>
    /// <param name="products">cb, [B, C, G, Q, Q]: C_t·B_s.</param>
    /// <param name="batch">Whose document borders hold.</param>
    /// <returns>[B, C, h, Q, Q].</returns>
    public static Tensor Apply(Tensor decay, Tensor products, PackedBatch batch) => apply(decay.contiguous(), products.contiguous(), batch.Age);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (decay, products, age) = ((Tensor)vars[0], (Tensor)vars[1], (int[])vars[2]);
        ctx.save_for_backward([decay, products]);
        ctx.save_data("age", age);
        var shape = new Shape(decay, products);
        var result = empty([.. decay.shape, shape.Length], float32);
        unsafe
        {
            float* l = Floats.Of(decay), cb = Floats.Of(products), w = Floats.Of(result);
            Parallel.For(0, shape.Chunks * shape.Groups, item => Forward(shape, l, cb, w, age, item));
        }
        return result;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var (decay, products, age, outer) = (saved[0], saved[1], (int[])ctx.get_data("age"), grad_output.contiguous());
        var shape = new Shape(decay, products);
        Tensor dDecay = zeros_like(decay), dProducts = zeros_like(products);
        unsafe
        {
            float* l = Floats.Of(decay), cb = Floats.Of(products), dw = Floats.Of(outer), dl = Floats.Of(dDecay), dcb = Floats.Of(dProducts);
            Parallel.For(0, shape.Chunks * shape.Groups, item => Backward(shape, l, cb, dw, dl, dcb, age, item));
        }
        return [dDecay, dProducts, null!];
    }

    private static unsafe void Forward(Shape shape, float* decay, float* products, float* result, int[] age, int item)
    {
        var (chunk, group, q) = (item / shape.Groups, item % shape.Groups, shape.Length);
        var cb = products + (long)item * q * q;
        for (var head = group * shape.PerGroup; head < (group + 1) * shape.PerGroup; head++)
        {
            var l = decay + ((long)chunk * shape.Heads + head) * q;
            var w = result + ((long)chunk * shape.Heads + head) * q * q;
            for (var t = 0; t < q; t++)
            {
                var first = Math.Max(0, t - age[chunk * q + t]);
                var s = 0;
                for (; s <= q - Vector512<float>.Count; s += Vector512<float>.Count)
                    (s > t || s + Vector512<float>.Count <= first
                        ? Vector512<float>.Zero
                        : Inside(s, first, t, Vector512.Exp(Vector512.Create(l[t]) - Vector512.Load(l + s)) * Vector512.Load(cb + t * q + s))).Store(w + t * q + s);
                for (; s < q; s++) w[t * q + s] = s < first || s > t ? 0 : MathF.Exp(l[t] - l[s]) * cb[t * q + s];
            }
        }
    }

    private static unsafe void Backward(Shape shape, float* decay, float* products, float* outer, float* dDecay, float* dProducts, int[] age, int item)
    {
        var (chunk, group, q) = (item / shape.Groups, item % shape.Groups, shape.Length);
        float* cb = products + (long)item * q * q, dcb = dProducts + (long)item * q * q;
        for (var head = group * shape.PerGroup; head < (group + 1) * shape.PerGroup; head++)
        {
            float* l = decay + ((long)chunk * shape.Heads + head) * q, dl = dDecay + ((long)chunk * shape.Heads + head) * q;
            var dw = outer + ((long)chunk * shape.Heads + head) * q * q;
            for (var t = 0; t < q; t++)
            {
                var first = Math.Max(0, t - age[chunk * q + t]);
                var sums = Vector512<float>.Zero;
                var s = 0;
                for (; s <= q - Vector512<float>.Count; s += Vector512<float>.Count)
                {
                    if (s > t || s + Vector512<float>.Count <= first) continue;
                    var d = Inside(s, first, t, Vector512.Load(dw + t * q + s) * Vector512.Exp(Vector512.Create(l[t]) - Vector512.Load(l + s)));
                    (Vector512.Load(dcb + t * q + s) + d).Store(dcb + t * q + s);
                    var flow = d * Vector512.Load(cb + t * q + s);
                    sums += flow;
                    (Vector512.Load(dl + s) - flow).Store(dl + s);
                }
                var sum = Vector512.Sum(sums);
                for (; s < q; s++)
                {
                    if (s < first || s > t) continue;
                    var d = dw[t * q + s] * MathF.Exp(l[t] - l[s]);
                    dcb[t * q + s] += d;
                    sum += d * cb[t * q + s];
                    dl[s] -= d * cb[t * q + s];
                }
                dl[t] += sum;
            }
        }
    }

    // Lanes s..s+15 that lie in first..t; outside, exp may have overflowed.
    private static Vector512<float> Inside(int s, int first, int t, Vector512<float> values)
    {
        var lane = Vector512.Create(s) + Vector512<int>.Indices;
        var inside = Vector512.GreaterThanOrEqual(lane, Vector512.Create(first)) & Vector512.LessThanOrEqual(lane, Vector512.Create(t));
        return Vector512.ConditionalSelect(inside.AsSingle(), values, Vector512<float>.Zero);
    }

    private readonly struct Shape(Tensor decay, Tensor products)
    {
        public int Chunks { get; } = (int)(decay.shape[0] * decay.shape[1]);

        public int Heads { get; } = (int)decay.shape[2];

        public int Groups { get; } = (int)products.shape[2];

        public int Length { get; } = (int)decay.shape[3];

        public int PerGroup => Heads / Groups;
    }
}
