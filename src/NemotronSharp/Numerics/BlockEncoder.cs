using System.Runtime.InteropServices;

namespace NemotronSharp.Numerics;

/// <summary>Float32 to the types that this program writes, by ggml's reference rules.</summary>
internal static class BlockEncoder
{
    private static readonly float[] Fp4 = [0, 0.5f, 1, 1.5f, 2, 3, 4, 6];

    /// <summary>Types with an encoding.</summary>
    public static IReadOnlyList<TensorType> Types { get; } = [TensorType.F32, TensorType.F16, TensorType.BF16, TensorType.Q8_0, TensorType.Q4_0, TensorType.NVFP4];

    /// <summary>Encodes consecutive values.</summary>
    /// <param name="type">One of <see cref="Types"/>.</param>
    /// <param name="values">A multiple of the type's block.</param>
    /// <param name="target">Exactly the bytes of so many values.</param>
    /// <exception cref="ArgumentException">Another type, or lengths that do not fit.</exception>
    public static void Encode(TensorType type, ReadOnlySpan<float> values, Span<byte> target)
    {
        if (values.Length % type.BlockElements() != 0 || target.Length != type.Bytes(values.Length))
            throw new ArgumentException($"found {values.Length} values for {target.Length} bytes, expected blocks of {type.BlockElements()} values and {type.BlockBytes()} bytes");
        switch (type)
        {
            case TensorType.F32: MemoryMarshal.AsBytes(values).CopyTo(target); return;
            case TensorType.F16: for (var i = 0; i < values.Length; i++) MemoryMarshal.Write(target[(2 * i)..], (Half)values[i]); return;
            case TensorType.BF16: for (var i = 0; i < values.Length; i++) MemoryMarshal.Write(target[(2 * i)..], BFloat16.FromSingle(values[i])); return;
        }
        for (int block = 0, elements = type.BlockElements(), bytes = type.BlockBytes(); block < values.Length / elements; block++)
        {
            var from = values.Slice(block * elements, elements);
            var to = target.Slice(block * bytes, bytes);
            switch (type)
            {
                case TensorType.Q8_0: Q8(from, to); break;
                case TensorType.Q4_0: Q4(from, to); break;
                case TensorType.NVFP4: NvFp4(from, to); break;
                default: throw new ArgumentException($"found type {type}, expected {string.Join(", ", Types)}", nameof(type));
            }
        }
    }

    // d = amax / 127, q = round(x / d).
    private static void Q8(ReadOnlySpan<float> values, Span<byte> block)
    {
        var scale = Largest(values) / 127;
        MemoryMarshal.Write(block, (Half)scale);
        for (var i = 0; i < 32; i++) block[2 + i] = (byte)(sbyte)(scale == 0 ? 0 : MathF.Round(values[i] / scale, MidpointRounding.AwayFromZero));
    }

    // The value of the largest size is −8 steps from zero: one more step lies below it than above.
    private static void Q4(ReadOnlySpan<float> values, Span<byte> block)
    {
        var extreme = 0f;
        foreach (var value in values)
            if (MathF.Abs(value) > MathF.Abs(extreme)) extreme = value;
        var scale = extreme / -8;
        var inverse = scale == 0 ? 0 : 1 / scale;
        MemoryMarshal.Write(block, (Half)scale);
        for (var i = 0; i < 16; i++)
        {
            var (low, high) = (Math.Min(15, (int)(values[i] * inverse + 8.5f)), Math.Min(15, (int)(values[i + 16] * inverse + 8.5f)));
            block[2 + i] = (byte)(low | (high << 4));
        }
    }

    // Each sub-block's largest value becomes about 6, the largest code; the scale is rounded to UE4M3 first.
    private static void NvFp4(ReadOnlySpan<float> values, Span<byte> block)
    {
        for (var sub = 0; sub < 4; sub++)
        {
            var part = values.Slice(16 * sub, 16);
            block[sub] = E4M3.FromSingle(Largest(part) / 6);
            var scale = E4M3.ToSingle(block[sub]);
            for (var j = 0; j < 8; j++) block[4 + 8 * sub + j] = (byte)(Code(part[j], scale) | (Code(part[j + 8], scale) << 4));
        }
    }

    private static int Code(float value, float scale)
    {
        if (scale == 0) return 0;
        var (magnitude, best) = (MathF.Abs(value) / scale, 0);
        for (var code = 1; code < 8; code++)
            if (MathF.Abs(magnitude - Fp4[code]) < MathF.Abs(magnitude - Fp4[best])) best = code;
        return best | (value < 0 ? 8 : 0);
    }

    private static float Largest(ReadOnlySpan<float> values)
    {
        var largest = 0f;
        foreach (var value in values) largest = MathF.Max(largest, MathF.Abs(value));
        return largest;
    }
}
