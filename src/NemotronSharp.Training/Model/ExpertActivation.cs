using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Model;

/// <summary>
/// <c>a[t, e, i] = s[t, e] · relu(h[t, e, i])²</c> for all experts side by side, s being zero for the experts a token has not chosen.
/// Those are neither read nor differentiated: their share of the memory traffic, and of s's gradient, is left out.
/// </summary>
internal sealed class ExpertActivation : autograd.SingleTensorFunction<ExpertActivation>
{
    public override string Name => nameof(ExpertActivation);

    /// <param name="hidden">h, [n, E·I] FP32 or BF16.</param>
    /// <param name="spread">s, [n, E] FP32.</param>
    public static Tensor Apply(Tensor hidden, Tensor spread) => apply(hidden.contiguous(), spread.contiguous());

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (hidden, spread) = ((Tensor)vars[0], (Tensor)vars[1]);
        ctx.save_for_backward([hidden, spread]);
        var result = empty_like(hidden);
        unsafe
        {
            byte* h = Bytes(hidden), a = Bytes(result);
            var s = Floats.Of(spread);
            var (rows, experts) = ((int)spread.shape[0], (int)spread.shape[1]);
            var width = (int)(hidden.shape[1] / experts);
            RowBlocks.Run(rows, hidden.dtype == ScalarType.BFloat16
                ? (from, to) => Forward<BFloat16Format>(h, s, a, experts, width, from, to)
                : (from, to) => Forward<SingleFormat>(h, s, a, experts, width, from, to));
        }
        return result;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var (hidden, spread, outer) = (saved[0], saved[1], grad_output.contiguous());
        Tensor dHidden = empty_like(hidden), dSpread = zeros_like(spread);
        unsafe
        {
            byte* h = Bytes(hidden), da = Bytes(outer), dh = Bytes(dHidden);
            float* s = Floats.Of(spread), ds = Floats.Of(dSpread);
            var (rows, experts) = ((int)spread.shape[0], (int)spread.shape[1]);
            var width = (int)(hidden.shape[1] / experts);
            RowBlocks.Run(rows, hidden.dtype == ScalarType.BFloat16
                ? (from, to) => Backward<BFloat16Format>(h, s, da, dh, ds, experts, width, from, to)
                : (from, to) => Backward<SingleFormat>(h, s, da, dh, ds, experts, width, from, to));
        }
        return [dHidden, dSpread];
    }

    private static unsafe void Forward<T>(byte* hidden, float* spread, byte* result, int experts, int width, int from, int to) where T : struct, IElementFormat
    {
        for (var slot = (long)from * experts; slot < (long)to * experts; slot++)
        {
            var s = spread[slot];
            var i = 0;
            var at = slot * width;
            for (; i <= width - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                var r = s == 0 ? Vector512<float>.Zero : Vector512.Max(T.Load(hidden, at + i), Vector512<float>.Zero);
                T.Store(result, at + i, r * r * s);
            }
            for (; i < width; i++)
            {
                var r = s == 0 ? 0 : MathF.Max(T.LoadOne(hidden, at + i), 0);
                T.StoreOne(result, at + i, r * r * s);
            }
        }
    }

    private static unsafe void Backward<T>(byte* hidden, float* spread, byte* outer, byte* dHidden, float* dSpread, int experts, int width, int from, int to) where T : struct, IElementFormat
    {
        for (var slot = (long)from * experts; slot < (long)to * experts; slot++)
        {
            var s = spread[slot];
            var i = 0;
            var at = slot * width;
            if (s == 0)
            {
                for (; i <= width - Vector512<float>.Count; i += Vector512<float>.Count) T.Store(dHidden, at + i, Vector512<float>.Zero);
                for (; i < width; i++) T.StoreOne(dHidden, at + i, 0);
                continue;
            }
            var sums = Vector512<float>.Zero;
            for (; i <= width - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                var r = Vector512.Max(T.Load(hidden, at + i), Vector512<float>.Zero);
                var d = T.Load(outer, at + i);
                sums += d * r * r;
                T.Store(dHidden, at + i, d * r * (2 * s));
            }
            var sum = Vector512.Sum(sums);
            for (; i < width; i++)
            {
                var r = MathF.Max(T.LoadOne(hidden, at + i), 0);
                var d = T.LoadOne(outer, at + i);
                sum += d * r * r;
                T.StoreOne(dHidden, at + i, d * r * (2 * s));
            }
            dSpread[slot] = sum;
        }
    }

    private static unsafe byte* Bytes(Tensor tensor) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
}
