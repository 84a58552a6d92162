using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using NemotronSharp.Kernels.Jit;
using NemotronSharp.Numerics;

namespace NemotronSharp.Kernels;

/// <summary>
/// Activations as whole numbers: x ≈ scale · q, one scale for each group of sixteen neighbours, such that its largest value becomes 32512 (two bytes) or 127
/// (one byte). What is rounded away is at most 1/65024 or 1/254 of the group's largest value.
/// </summary>
internal static unsafe class PackedActivations
{
    // Below it the reciprocal overflows; such a group counts as zeros.
    private const float Negligible = 1e-30f;

    // Adding 1.5·2^23 leaves the nearest whole number in the low bits, ties to even.
    private const float Rounder = 12582912f;

    /// <summary>The largest value of a precision; of two bytes such that both are signed.</summary>
    public static float Largest(ActivationPrecision precision) => precision == ActivationPrecision.Int8 ? 127 : 32512;

    /// <summary>A group's sixteen values q and their scale. A value that is no finite number makes the scale NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Quantize(float* x, float most, out float scale)
    {
        var values = Vector512.Load(x);
        var magnitude = Vector512.Abs(values);
        if (!Vector512.LessThanAll(magnitude, Vector512.Create(float.PositiveInfinity)))
        {
            scale = float.NaN;
            return default;
        }
        var eight = Vector256.Max(magnitude.GetLower(), magnitude.GetUpper());
        var four = Vector128.Max(eight.GetLower(), eight.GetUpper());
        four = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        var largest = MathF.Max(four.GetElement(0), four.GetElement(1));
        if (largest < Negligible)
        {
            scale = 0;
            return default;
        }
        scale = largest / most;
        return Round(values * Vector512.Create(most / largest));
    }

    /// <summary>Packs a row of <paramref name="columns"/> values, a multiple of 16, for the assembled kernels: needs the instructions that they need.</summary>
    public static void Pack(float* x, int columns, PackedLayout layout, float most, CodeDecoder decoder, byte* target)
    {
        var values = stackalloc int[PackedLayout.ChunkValues];
        var groups = columns / PackedLayout.Group;
        for (var group = 0; group < groups; group += PackedLayout.Lanes, x += PackedLayout.ChunkValues, target += layout.ChunkBytes)
        {
            var scales = QuantizeChunk(x, Math.Min(PackedLayout.Lanes, groups - group), most, values);
            if (layout.Form == PackedForm.Words)
            {
                PackedWords.Store(values, decoder.Order, target);
                scales *= 1f / decoder.WordFactor;
            }
            else
            {
                (PackedBytes.Store(values, layout, decoder.Order, target) * -decoder.Zero).Store((int*)(target + layout.Start));
            }
            scales.Store((float*)(target + layout.Scale));
        }
    }

    // The same steps as Quantize, sixteen groups at a time; gives their scales.
    private static Vector512<float> QuantizeChunk(float* x, int groups, float most, int* values)
    {
        var inverses = stackalloc float[PackedLayout.Lanes];
        var largest = Largest(x, groups);
        var known = Vector512.LessThan(largest, Vector512.Create(float.PositiveInfinity));
        var counts = known & Vector512.GreaterThanOrEqual(largest, Vector512.Create(Negligible));
        (Vector512.Create(most) / largest & counts).Store(inverses);
        for (var g = 0; g < PackedLayout.Lanes; g++)
        {
            var q = Vector512<int>.Zero;
            if (g < groups && inverses[g] != 0) q = Round(Vector512.Load(x + g * PackedLayout.Group) * Vector512.Create(inverses[g]));
            q.Store(values + g * PackedLayout.Group);
        }
        return Vector512.ConditionalSelect(known, largest / Vector512.Create(most) & counts, Vector512.Create(float.NaN));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Round(Vector512<float> values) => (values + Vector512.Create(Rounder)).AsInt32() - Vector512.Create(0x4B400000);

    // The largest magnitude of each group, as bits: what is no finite number counts as larger than any.
    private static Vector512<float> Largest(float* x, int groups)
    {
        var most = stackalloc int[PackedLayout.Lanes];
        for (var g = 0; g < PackedLayout.Lanes; g++)
        {
            if (g >= groups)
            {
                most[g] = 0;
                continue;
            }
            var bits = Vector512.Load((int*)x + g * PackedLayout.Group) & Vector512.Create(int.MaxValue);
            var eight = Vector256.Max(bits.GetLower(), bits.GetUpper());
            var four = Vector128.Max(eight.GetLower(), eight.GetUpper());
            four = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
            most[g] = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(1, 0, 3, 2))).ToScalar();
        }
        return Vector512.Load(most).AsSingle();
    }

    /// <summary>The same numbers for the portable kernel: per chunk 256 values as int16 in their order, then sixteen scales.</summary>
    public static void PackPlain(float* x, int columns, float most, byte* target)
    {
        var plain = new PackedLayout(PackedForm.Plain);
        for (var group = 0; group < columns / PackedLayout.Group; group++)
        {
            var q = Quantize(x + group * PackedLayout.Group, most, out var scale);
            int lane = group % PackedLayout.Lanes;
            var chunk = target + group / PackedLayout.Lanes * plain.ChunkBytes;
            Vector256.Narrow(q.GetLower(), q.GetUpper()).Store((short*)chunk + lane * PackedLayout.Group);
            ((float*)(chunk + plain.Scale))[lane] = scale;
        }
    }
}
