using NemotronSharp.Numerics;

namespace NemotronSharp.Bench;

/// <summary>Random operands of a benchmark, freed together.</summary>
internal sealed unsafe class Buffers(int seed) : IDisposable
{
    private readonly Random _random = new(seed);
    private readonly List<NativeBuffer> _all = [];

    /// <summary>Values between <paramref name="low"/> and <paramref name="high"/>.</summary>
    public Rows Rows(int count, int width, float low = -0.5f, float high = 0.5f)
    {
        var buffer = Take((long)count * width);
        for (var i = 0L; i < buffer.Length; i++) buffer.Data[i] = low + (high - low) * _random.NextSingle();
        return new Rows(buffer.Data, count, width);
    }

    /// <summary>Zeros.</summary>
    public NativeBuffer Take(long length)
    {
        var buffer = new NativeBuffer(length);
        _all.Add(buffer);
        return buffer;
    }

    /// <summary>So many matrices one after the other, all with the same random weights.</summary>
    public WeightMatrix[] Matrices(TensorType type, int rows, int columns, int count)
    {
        var values = new float[(long)rows * columns];
        for (var i = 0; i < values.Length; i++) values[i] = _random.NextSingle() - 0.5f;
        var bytes = new byte[type.Bytes(values.Length)];
        BlockEncoder.Encode(type, values, bytes);
        var memory = (byte*)Take((bytes.LongLength * count + sizeof(float) - 1) / sizeof(float)).Data;
        var matrices = new WeightMatrix[count];
        for (var i = 0; i < count; i++)
        {
            bytes.CopyTo(new Span<byte>(memory + i * bytes.LongLength, bytes.Length));
            matrices[i] = new WeightMatrix(type, rows, columns, memory + i * bytes.LongLength);
        }
        return matrices;
    }

    public void Dispose()
    {
        _all.ForEach(buffer => buffer.Dispose());
        _all.Clear();
    }
}
