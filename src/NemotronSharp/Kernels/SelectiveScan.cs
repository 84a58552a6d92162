using System.Runtime.Intrinsics;
using NemotronSharp.Numerics;

namespace NemotronSharp.Kernels;

/// <summary>Operands of a Mamba-2 scan over one sequence's T rows.</summary>
internal readonly unsafe struct ScanOperands
{
    /// <summary>[T, h·P] inputs.</summary>
    public required Rows X { get; init; }

    /// <summary>[T, G·N] input projections; head j uses group j / (h / G).</summary>
    public required Rows B { get; init; }

    /// <summary>[T, G·N] output projections.</summary>
    public required Rows C { get; init; }

    /// <summary>[T, h] time steps after softplus.</summary>
    public required Rows Delta { get; init; }

    /// <summary>[h] negative decay rates A = −exp(A_log).</summary>
    public required float* Decay { get; init; }

    /// <summary>[h] skip weights D.</summary>
    public required float* Skip { get; init; }

    /// <summary>[h, N, P], updated in place; the P channels of one state index lie together, so that lanes run over channels.</summary>
    public required float* State { get; init; }

    /// <summary>[h, N, P] the state to begin with, which stays as it is; null where <see cref="State"/> holds it. Only for the recurrence.</summary>
    public float* Source { get; init; }

    /// <summary>[T, h·P] result.</summary>
    public required Rows Y { get; init; }

    /// <summary>Heads h, their width P, groups G and state size N.</summary>
    public required (int Heads, int HeadDim, int Groups, int StateSize) Shape { get; init; }

    public int Heads => Shape.Heads;

    public int HeadDim => Shape.HeadDim;

    public int StateSize => Shape.StateSize;

    public float* HeadState(int head) => State + (long)head * StateSize * HeadDim;

    /// <summary>Brings a head's state to where it is updated.</summary>
    public void Begin(int head)
    {
        if (Source is null) return;
        var length = StateSize * HeadDim;
        new ReadOnlySpan<float>(Source + (long)head * length, length).CopyTo(new Span<float>(HeadState(head), length));
    }

    public int GroupOffset(int head) => head / (Heads / Shape.Groups) * StateSize;
}

/// <summary>
/// Mamba-2's selective scan (Dao and Gu, arXiv 2405.21060), as a recurrence per head:
/// S_t = exp(Δ_t A) S_{t−1} + Δ_t x_t B_tᵀ,  y_t = S_t C_t + D x_t.
/// A head's state stays in the first-level cache while the tokens pass, and any split of the tokens gives the same bits.
/// </summary>
internal static unsafe class SelectiveScan
{
    public static void Apply(in ScanOperands operands, Workers workers)
    {
        var perHead = (long)operands.X.Count * operands.StateSize * operands.HeadDim;
        workers.Run(new Job(operands), operands.Heads, (int)Math.Clamp((1 << 15) / Math.Max(1, perHead), 1, operands.Heads));
    }

    /// <summary>The recurrence, scalar, its sums in double precision.</summary>
    public static void Reference(in ScanOperands o)
    {
        for (var head = 0; head < o.Heads; head++)
        {
            o.Begin(head);
            var state = o.HeadState(head);
            for (var t = 0; t < o.X.Count; t++)
            {
                var delta = o.Delta[t][head];
                var keep = Math.Exp((double)delta * o.Decay[head]);
                for (var p = 0; p < o.HeadDim; p++)
                {
                    var x = o.X[t][head * o.HeadDim + p];
                    var y = (double)o.Skip[head] * x;
                    for (var n = 0; n < o.StateSize; n++)
                    {
                        ref var s = ref state[n * o.HeadDim + p];
                        s = (float)(keep * s + (double)delta * x * o.B[t][o.GroupOffset(head) + n]);
                        y += (double)s * o.C[t][o.GroupOffset(head) + n];
                    }

                    o.Y[t][head * o.HeadDim + p] = (float)y;
                }
            }
        }
    }

    private readonly struct Job(ScanOperands o) : IJob
    {
        public void Run(int begin, int end)
        {
            for (var head = begin; head < end; head++)
            {
                o.Begin(head);
                var p = 0;
                for (; p <= o.HeadDim - 2 * Lanes.Width; p += 2 * Lanes.Width) TwoVectors(head, p);
                for (; p <= o.HeadDim - Lanes.Width; p += Lanes.Width) OneVector(head, p);
                for (; p < o.HeadDim; p++) Channel(head, p);
            }
        }

        private void TwoVectors(int head, int p)
        {
            var stride = o.HeadDim;
            for (var t = 0; t < o.X.Count; t++)
            {
                var delta = o.Delta.Row(t)[head];
                var keep = Vector512.Create(MathF.Exp(delta * o.Decay[head]));
                var input = o.X.Row(t) + head * stride + p;
                Vector512<float> x0 = Vector512.Load(input), x1 = Vector512.Load(input + Lanes.Width);
                Vector512<float> u0 = x0 * delta, u1 = x1 * delta, y0 = x0 * o.Skip[head], y1 = x1 * o.Skip[head];
                float* b = o.B.Row(t) + o.GroupOffset(head), c = o.C.Row(t) + o.GroupOffset(head);
                var state = o.HeadState(head) + p;
                for (var n = 0; n < o.StateSize; n++, state += stride)
                {
                    var s0 = Vector512.FusedMultiplyAdd(Vector512.Load(state), keep, u0 * b[n]);
                    var s1 = Vector512.FusedMultiplyAdd(Vector512.Load(state + Lanes.Width), keep, u1 * b[n]);
                    s0.Store(state);
                    s1.Store(state + Lanes.Width);
                    y0 = Vector512.FusedMultiplyAdd(s0, Vector512.Create(c[n]), y0);
                    y1 = Vector512.FusedMultiplyAdd(s1, Vector512.Create(c[n]), y1);
                }

                var output = o.Y.Row(t) + head * stride + p;
                y0.Store(output);
                y1.Store(output + Lanes.Width);
            }
        }

        private void OneVector(int head, int p)
        {
            var stride = o.HeadDim;
            for (var t = 0; t < o.X.Count; t++)
            {
                var delta = o.Delta.Row(t)[head];
                var keep = Vector512.Create(MathF.Exp(delta * o.Decay[head]));
                var x = Vector512.Load(o.X.Row(t) + head * stride + p);
                Vector512<float> u = x * delta, y = x * o.Skip[head];
                float* b = o.B.Row(t) + o.GroupOffset(head), c = o.C.Row(t) + o.GroupOffset(head);
                var state = o.HeadState(head) + p;
                for (var n = 0; n < o.StateSize; n++, state += stride)
                {
                    var s = Vector512.FusedMultiplyAdd(Vector512.Load(state), keep, u * b[n]);
                    s.Store(state);
                    y = Vector512.FusedMultiplyAdd(s, Vector512.Create(c[n]), y);
                }

                y.Store(o.Y.Row(t) + head * stride + p);
            }
        }

        // Head widths that are no multiple of sixteen end here; no released model has one.
        private void Channel(int head, int p)
        {
            for (var t = 0; t < o.X.Count; t++)
            {
                var delta = o.Delta.Row(t)[head];
                var keep = MathF.Exp(delta * o.Decay[head]);
                var x = o.X.Row(t)[head * o.HeadDim + p];
                var y = x * o.Skip[head];
                for (var n = 0; n < o.StateSize; n++)
                {
                    var state = o.HeadState(head) + n * o.HeadDim + p;
                    *state = MathF.FusedMultiplyAdd(*state, keep, x * delta * o.B.Row(t)[o.GroupOffset(head) + n]);
                    y = MathF.FusedMultiplyAdd(*state, o.C.Row(t)[o.GroupOffset(head) + n], y);
                }

                o.Y.Row(t)[head * o.HeadDim + p] = y;
            }
        }
    }
}
