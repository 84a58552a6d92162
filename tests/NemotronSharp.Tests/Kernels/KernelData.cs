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
