using NemotronSharp.Numerics;
namespace NemotronSharp.Kernels;

/// <summary>
/// The same scan in its chunked (SSD) form (arXiv 2405.21060, section 6). With l the running sum of Δ·A inside a chunk:
/// y_t = Σ_{s≤t} exp(l_t − l_s)(C_t·B_s) Δ_s x_s + exp(l_t) S_in C_t + D x_t,
/// S_out = exp(l_last) S_in + Σ_s exp(l_last − l_s) Δ_s x_s B_sᵀ.
/// Equal to the recurrence up to rounding, which depends on where the chunks begin.
/// </summary>
internal static unsafe class ChunkedScan
{
    public static void Apply(in ScanOperands operands, int chunkSize, Arena arena, Workers workers)
    {
        using var frame = arena.Enter();
        chunkSize = Math.Min(chunkSize, operands.X.Count);
        // Per head: the running sums l, and one row of decayed scores.
        var scratch = arena.Take(operands.Heads, 2 * chunkSize);
        workers.Run(new Job(operands, chunkSize, scratch), operands.Heads, 1);
    }

    private readonly struct Job(ScanOperands o, int chunkSize, Rows scratch) : IJob
    {
        public void Run(int begin, int end)
        {
            for (var head = begin; head < end; head++)
                for (var start = 0; start < o.X.Count; start += chunkSize)
                    Chunk(head, start, Math.Min(chunkSize, o.X.Count - start));
        }

        private void Chunk(int head, int start, int length)
        {
            float* sums = scratch.Row(head), scores = sums + chunkSize;
            var running = 0f;
            for (var t = 0; t < length; t++) sums[t] = running += o.Delta.Row(start + t)[head] * o.Decay[head];
            var state = o.HeadState(head);

            for (var t = 0; t < length; t++)
            {
                var y = o.Y.Row(start + t) + head * o.HeadDim;
                var c = o.C.Row(start + t) + o.GroupOffset(head);
                new Span<float>(y, o.HeadDim).Clear();
                for (var n = 0; n < o.StateSize; n++) Lanes.AddScaled(y, state + (long)n * o.HeadDim, c[n], o.HeadDim);
                Lanes.Scale(y, MathF.Exp(sums[t]), o.HeadDim);
                for (var s = 0; s <= t; s++)
                    scores[s] = MathF.Exp(sums[t] - sums[s]) * o.Delta.Row(start + s)[head] * Lanes.Dot(c, o.B.Row(start + s) + o.GroupOffset(head), o.StateSize);
                for (var s = 0; s <= t; s++) Lanes.AddScaled(y, o.X.Row(start + s) + head * o.HeadDim, scores[s], o.HeadDim);
                Lanes.AddScaled(y, o.X.Row(start + t) + head * o.HeadDim, o.Skip[head], o.HeadDim);
            }

            Lanes.Scale(state, MathF.Exp(running), o.StateSize * o.HeadDim);
            for (var s = 0; s < length; s++)
            {
                var weight = MathF.Exp(running - sums[s]) * o.Delta.Row(start + s)[head];
                var b = o.B.Row(start + s) + o.GroupOffset(head);
                for (var n = 0; n < o.StateSize; n++)
                    Lanes.AddScaled(state + (long)n * o.HeadDim, o.X.Row(start + s) + head * o.HeadDim, weight * b[n], o.HeadDim);
            }
        }
    }
}
