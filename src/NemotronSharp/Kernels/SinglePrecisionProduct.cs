using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using NemotronSharp.Numerics;

namespace NemotronSharp.Kernels;

/// <summary>
/// Rows of a product in float32: each y is sixteen running sums over k, then their one fixed sum: the same bits for any number of tokens.
/// </summary>
internal static unsafe class SinglePrecisionProduct
{
    private const int TileRows = 4;
    private const int TileTokens = 4;
    private const int PaddedBytes = Lanes.Width * sizeof(float);

    /// <summary>Rows [begin, end) of y.</summary>
    public static void Apply(in Product product, int begin, int end) => WeightFormats.Visit(product.Weights, new Launch(product, begin, end));

    private readonly struct Launch(Product product, int begin, int end) : IFormatVisitor
    {
        public void Visit<TFormat>() where TFormat : IWeightFormat => new Part<TFormat>(product).Run(begin, end);
    }

    private readonly struct Part<TFormat>(Product product) where TFormat : IWeightFormat
    {
        private readonly WeightMatrix w = product.Weights;

        public void Run(int begin, int end)
        {
            for (var t = 0; t < product.Count; t += TileTokens)
            {
                for (var r = begin; r < end; r += TileRows)
                {
                    if (product.Count - t >= TileTokens && end - r >= TileRows) Tile(r, t);
                    else Edge(r, Math.Min(end, r + TileRows), t, Math.Min(product.Count, t + TileTokens));
                }
            }
        }

        // Sixteen accumulators: four weights and four activations are loaded for sixteen multiply-adds.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Tile(int r, int t)
        {
            WeightRow w0 = w.Row(r), w1 = w.Row(r + 1), w2 = w.Row(r + 2), w3 = w.Row(r + 3);
            float* x0 = product.Input(t), x1 = product.Input(t + 1), x2 = product.Input(t + 2), x3 = product.Input(t + 3);
            Vector512<float> a00 = default, a01 = default, a02 = default, a03 = default, a10 = default, a11 = default, a12 = default, a13 = default;
            Vector512<float> a20 = default, a21 = default, a22 = default, a23 = default, a30 = default, a31 = default, a32 = default, a33 = default;
            var padding = stackalloc byte[2 * TileRows * PaddedBytes];
            for (var k = 0; k < w.Columns; k += Lanes.Width)
            {
                if (w.Columns - k < Lanes.Width)
                {
                    w0 = PadWeights(w0, k, padding);
                    w1 = PadWeights(w1, k, padding + PaddedBytes);
                    w2 = PadWeights(w2, k, padding + 2 * PaddedBytes);
                    w3 = PadWeights(w3, k, padding + 3 * PaddedBytes);
                    x0 = PadInputs(x0, k, padding + 4 * PaddedBytes);
                    x1 = PadInputs(x1, k, padding + 5 * PaddedBytes);
                    x2 = PadInputs(x2, k, padding + 6 * PaddedBytes);
                    x3 = PadInputs(x3, k, padding + 7 * PaddedBytes);
                }

                Vector512<float> b0 = Vector512.Load(x0 + k), b1 = Vector512.Load(x1 + k), b2 = Vector512.Load(x2 + k), b3 = Vector512.Load(x3 + k);
                var v = TFormat.Load16(w0, k);
                a00 = Vector512.FusedMultiplyAdd(v, b0, a00);
                a01 = Vector512.FusedMultiplyAdd(v, b1, a01);
                a02 = Vector512.FusedMultiplyAdd(v, b2, a02);
                a03 = Vector512.FusedMultiplyAdd(v, b3, a03);
                v = TFormat.Load16(w1, k);
                a10 = Vector512.FusedMultiplyAdd(v, b0, a10);
                a11 = Vector512.FusedMultiplyAdd(v, b1, a11);
                a12 = Vector512.FusedMultiplyAdd(v, b2, a12);
                a13 = Vector512.FusedMultiplyAdd(v, b3, a13);
                v = TFormat.Load16(w2, k);
                a20 = Vector512.FusedMultiplyAdd(v, b0, a20);
                a21 = Vector512.FusedMultiplyAdd(v, b1, a21);
                a22 = Vector512.FusedMultiplyAdd(v, b2, a22);
                a23 = Vector512.FusedMultiplyAdd(v, b3, a23);
                v = TFormat.Load16(w3, k);
                a30 = Vector512.FusedMultiplyAdd(v, b0, a30);
                a31 = Vector512.FusedMultiplyAdd(v, b1, a31);
                a32 = Vector512.FusedMultiplyAdd(v, b2, a32);
                a33 = Vector512.FusedMultiplyAdd(v, b3, a33);
            }

            Store(t, r, a00, a10, a20, a30);
            Store(t + 1, r, a01, a11, a21, a31);
            Store(t + 2, r, a02, a12, a22, a32);
            Store(t + 3, r, a03, a13, a23, a33);
        }

        // Single tokens and ragged borders: four rows share each activation load.
        private void Edge(int rowBegin, int rowEnd, int tokenBegin, int tokenEnd)
        {
            for (var t = tokenBegin; t < tokenEnd; t++)
            {
                if (rowEnd - rowBegin == TileRows) Four(rowBegin, t);
                else for (var r = rowBegin; r < rowEnd; r++) product.Y.Row(t)[r] = One(r, t);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Four(int r, int t)
        {
            WeightRow w0 = w.Row(r), w1 = w.Row(r + 1), w2 = w.Row(r + 2), w3 = w.Row(r + 3);
            var row = product.Input(t);
            Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default;
            var padding = stackalloc byte[(TileRows + 1) * PaddedBytes];
            // Four rows at once are four streams too short for the hardware to see: the next four are asked for by hand.
            long rowBytes = w.RowBytes, step = rowBytes * Lanes.Width / w.Columns;
            var next = w0.Data + TileRows * rowBytes;
            for (var k = 0; k < w.Columns; k += Lanes.Width)
            {
                if (Sse.IsSupported)
                {
                    Sse.Prefetch0(next);
                    Sse.Prefetch0(next + rowBytes);
                    Sse.Prefetch0(next + 2 * rowBytes);
                    Sse.Prefetch0(next + 3 * rowBytes);
                    next += step;
                }

                if (w.Columns - k < Lanes.Width)
                {
                    w0 = PadWeights(w0, k, padding);
                    w1 = PadWeights(w1, k, padding + PaddedBytes);
                    w2 = PadWeights(w2, k, padding + 2 * PaddedBytes);
                    w3 = PadWeights(w3, k, padding + 3 * PaddedBytes);
                    row = PadInputs(row, k, padding + 4 * PaddedBytes);
                }

                var b = Vector512.Load(row + k);
                a0 = Vector512.FusedMultiplyAdd(TFormat.Load16(w0, k), b, a0);
                a1 = Vector512.FusedMultiplyAdd(TFormat.Load16(w1, k), b, a1);
                a2 = Vector512.FusedMultiplyAdd(TFormat.Load16(w2, k), b, a2);
                a3 = Vector512.FusedMultiplyAdd(TFormat.Load16(w3, k), b, a3);
            }

            Store(t, r, a0, a1, a2, a3);
        }

        private float One(int r, int t)
        {
            var weights = w.Row(r);
            var row = product.Input(t);
            var padding = stackalloc byte[2 * PaddedBytes];
            var sum = Vector512<float>.Zero;
            for (var k = 0; k < w.Columns; k += Lanes.Width)
            {
                if (w.Columns - k < Lanes.Width)
                {
                    weights = PadWeights(weights, k, padding);
                    row = PadInputs(row, k, padding + PaddedBytes);
                }

                sum = Vector512.FusedMultiplyAdd(TFormat.Load16(weights, k), Vector512.Load(row + k), sum);
            }

            return Lanes.Sum(sum) * w.Scale;
        }

        // The values of a row from k on, moved to zeroed memory: a row whose k-th value is the first of them. Blocks never end within sixteen.
        private WeightRow PadWeights(WeightRow row, int k, byte* buffer)
        {
            var bytes = (w.Columns - k) * TFormat.BlockBytes;
            Unsafe.CopyBlockUnaligned(buffer, row.Data + (long)k * TFormat.BlockBytes, (uint)bytes);
            return new WeightRow(buffer - (long)k * TFormat.BlockBytes);
        }

        private float* PadInputs(float* row, int k, byte* buffer)
        {
            Unsafe.CopyBlockUnaligned(buffer, row + k, (uint)((w.Columns - k) * sizeof(float)));
            return (float*)buffer - k;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Store(int t, int r, Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
        {
            var target = product.Y.Row(t) + r;
            target[0] = Lanes.Sum(a) * w.Scale;
            target[1] = Lanes.Sum(b) * w.Scale;
            target[2] = Lanes.Sum(c) * w.Scale;
            target[3] = Lanes.Sum(d) * w.Scale;
        }
    }
}
