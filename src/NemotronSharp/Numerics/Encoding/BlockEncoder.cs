using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace NemotronSharp.Numerics;

/// <summary>Float32 to the types that this program writes, by ggml's reference rules. (NVFP4 with a factor: <see cref="NVFP4Layouts"/>.)</summary>
internal static class BlockEncoder
{
    /// <summary>Types with an encoding.</summary>
    public static IReadOnlyList<TensorType> Types { get; } = [TensorType.F32, TensorType.F16, TensorType.BF16, TensorType.F8E4M3, TensorType.Q8_0, TensorType.Q4_0, TensorType.NVFP4];

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
            case TensorType.F32: MemoryMarshal.AsBytes(values).CopyTo(target); break;
            case TensorType.F16: for (var i = 0; i < values.Length; i++) MemoryMarshal.Write(target[(2 * i)..], (Half)values[i]); break;
            case TensorType.BF16: for (var i = 0; i < values.Length; i++) MemoryMarshal.Write(target[(2 * i)..], BFloat16.FromSingle(values[i])); break;
            case TensorType.F8E4M3: E4M3.FromSingles(values, target); break;
            case TensorType.Q8_0: for (var i = 0; i < values.Length / 32; i++) Q8(values.Slice(32 * i, 32), target.Slice(34 * i, 34)); break;
            case TensorType.Q4_0: for (var i = 0; i < values.Length / 32; i++) Q4(values.Slice(32 * i, 32), target.Slice(18 * i, 18)); break;
            case TensorType.NVFP4: NVFP4Layouts.EncodeGguf(values, new Fp4Encoder(1, ScaleRule.Max), target); break;
            default: throw new ArgumentException($"found type {type}, expected {string.Join(", ", Types)}", nameof(type));
        }
    }

    // d = amax / 127, q = round(x / d), half away from zero.
    private static void Q8(ReadOnlySpan<float> values, Span<byte> block)
    {
        Vector512<float> low = Vector512.Create(values[..16]), high = Vector512.Create(values[16..]);
        var largest = Vector512.Max(Vector512.Abs(low), Vector512.Abs(high));
        var scale = Vectors.Largest(largest) / 127;
        MemoryMarshal.Write(block, (Half)scale);
        Rounded(low, scale).CopyTo(block[2..]);
        Rounded(high, scale).CopyTo(block[18..]);
    }

    private static Vector128<byte> Rounded(Vector512<float> values, float scale)
    {
        if (scale == 0) return default;
        var quotient = values / Vector512.Create(scale);
        // The largest number below a half: a half would carry what lies just below it.
        var half = Vector512.Create(0.49999997f) | (quotient & Vector512.Create(-0f));
        return Vectors.Bytes(Vector512.ConvertToInt32(quotient + half).AsUInt32() & Vector512.Create(255u));
    }

    // The value of the largest size is −8 steps from zero: one more step lies below it than above.
    private static void Q4(ReadOnlySpan<float> values, Span<byte> block)
    {
        Vector512<float> low = Vector512.Create(values[..16]), high = Vector512.Create(values[16..]);
        var largest = Vectors.Largest(Vector512.Max(Vector512.Abs(low), Vector512.Abs(high)));
        var extreme = 0f;
        foreach (var value in values)
        {
            if (MathF.Abs(value) != largest) continue;
            extreme = value;
            break;
        }
        var scale = extreme / -8;
        MemoryMarshal.Write(block, (Half)scale);
        var inverse = Vector512.Create(scale == 0 ? 0 : 1 / scale);
        var codes = Vector512.Min(Vector512.ConvertToInt32(low * inverse + Vector512.Create(8.5f)), Vector512.Create(15))
            | Vector512.Min(Vector512.ConvertToInt32(high * inverse + Vector512.Create(8.5f)), Vector512.Create(15)) << 4;
        Vectors.Bytes(codes.AsUInt32()).CopyTo(block[2..]);
    }
}
