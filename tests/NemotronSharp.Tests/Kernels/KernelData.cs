using NemotronSharp.Numerics;

namespace NemotronSharp.Tests.Kernels;

/// <summary>Random operands in native memory, and the measure by which results are compared.</summary>
internal sealed unsafe class KernelData(int seed) : IDisposable
{
    private readonly List<NativeBuffer> _buffers = [];

    public Random Random { get; } = new(seed);

    public Rows Rows(int count, int width, double scale = 1)
    {
        var buffer = new NativeBuffer((long)count * width);
        _buffers.Add(buffer);
        for (var i = 0; i < buffer.Length; i++) buffer.Data[i] = (float)((Random.NextDouble() * 2 - 1) * scale);
        return new Rows(buffer.Data, count, width);
    }

    public Rows Zeros(int count, int width) => Rows(count, width, 0);

    public Rows Copy(Rows rows)
    {
        var copy = Zeros(rows.Count, rows.Width);
        for (var t = 0; t < rows.Count; t++) rows[t].CopyTo(copy[t]);
        return copy;
    }

    /// <summary>A weight matrix of random values stored in a type.</summary>
    public WeightMatrix Weights(TensorType type, int rows, int columns)
    {
        var values = Rows(rows, columns);
        var bytes = (byte*)Zeros(rows, columns).Data;
        for (var i = 0; i < rows * columns; i++)
        {
            if (type == TensorType.F32) ((float*)bytes)[i] = values.Data[i];
            else if (type == TensorType.F16) ((Half*)bytes)[i] = (Half)values.Data[i];
            else ((ushort*)bytes)[i] = BFloat16.FromSingle(values.Data[i]);
        }

        return new WeightMatrix(type, rows, columns, bytes);
    }

    /// <summary>A matrix of random codes with scales around 1/100, and a factor.</summary>
    public WeightMatrix Blocks(TensorType type, int rows, int columns)
    {
        var size = type.Bytes((long)rows * columns);
        var bytes = (byte*)Zeros(1, (int)(size / sizeof(float)) + 1).Data;
        Random.NextBytes(new Span<byte>(bytes, (int)size));
        for (var block = bytes; block < bytes + size; block += type.BlockBytes())
        {
            int[] halves = type switch
            {
                TensorType.Q4_1 or TensorType.Q5_1 or TensorType.Q4_K or TensorType.Q5_K => [0, 2],
                TensorType.Q2_K => [80, 82],
                TensorType.Q3_K => [108],
                TensorType.Q6_K => [208],
                TensorType.F8E4M3 or TensorType.MXFP4 or TensorType.NVFP4 => [],
                _ => [0],
            };
            foreach (var at in halves) *(Half*)(block + at) = (Half)((Random.NextDouble() - 0.5) / 50);
            if (type == TensorType.MXFP4) *block = (byte)Random.Next(118, 124);
            if (type == TensorType.NVFP4) for (var i = 0; i < 4; i++) block[i] = (byte)Random.Next(0, 0x60);
            if (type == TensorType.F8E4M3) *block &= 0xBF;
        }

        return new WeightMatrix(type, rows, columns, bytes, scale: 0.5f);
    }

    /// <summary>The largest weight's size.</summary>
    public double LargestOf(WeightMatrix w)
    {
        var (row, largest) = (new float[w.Columns], 0.0);
        for (var r = 0; r < w.Rows; r++)
        {
            w.CopyRow(r, row);
            foreach (var value in row) largest = Math.Max(largest, Math.Abs(value));
        }
        return largest;
    }

    /// <summary>Every value within <paramref name="tolerance"/> of the expected one, in units of the largest expected value or of <paramref name="unit"/> if that is more.</summary>
    public static void AssertClose(Rows expected, Rows actual, double tolerance, double unit = 1e-30)
    {
        var largest = unit;
        for (var t = 0; t < expected.Count; t++)
            foreach (var value in expected[t]) largest = Math.Max(largest, Math.Abs(value));
        for (var t = 0; t < expected.Count; t++)
            for (var i = 0; i < expected.Width; i++)
                Assert.True(Math.Abs(expected[t][i] - actual[t][i]) <= tolerance * largest, $"row {t}, column {i}: found {actual[t][i]}, expected {expected[t][i]} (largest {largest})");
    }

    public void Dispose()
    {
        foreach (var buffer in _buffers) buffer.Dispose();
    }
}
