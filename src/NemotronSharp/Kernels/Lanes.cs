using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NemotronSharp.Kernels;

/// <summary>
/// Sixteen-lane helpers. Every sum has one order, whatever the vector width of the machine:
/// that is what makes logits equal bit for bit on every route.
/// </summary>
internal static unsafe class Lanes
{
    public const int Width = 16;

    /// <summary>Sum of the lanes, halves added to halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> v)
    {
        var eight = v.GetLower() + v.GetUpper();
        var four = eight.GetLower() + eight.GetUpper();
        var two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1));
        return two.GetElement(0) + two.GetElement(1);
    }

    /// <summary>Up to 15 values, the other lanes zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadTail(float* source, int count)
    {
        var padded = Vector512<float>.Zero;
        Unsafe.CopyBlockUnaligned(&padded, source, (uint)(count * sizeof(float)));
        return padded;
    }

    /// <summary>Σ a·b over <paramref name="length"/> values, sixteen running sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(float* a, float* b, int length)
    {
        var sum = Vector512<float>.Zero;
        var i = 0;
        for (; i <= length - Width; i += Width) sum = Vector512.FusedMultiplyAdd(Vector512.Load(a + i), Vector512.Load(b + i), sum);
        if (i < length) sum = Vector512.FusedMultiplyAdd(LoadTail(a + i, length - i), LoadTail(b + i, length - i), sum);
        return Sum(sum);
    }

    /// <summary>y = y + scale·x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(float* y, float* x, float scale, int length)
    {
        var factor = Vector512.Create(scale);
        var i = 0;
        for (; i <= length - Width; i += Width)
            Vector512.FusedMultiplyAdd(Vector512.Load(x + i), factor, Vector512.Load(y + i)).Store(y + i);
        for (; i < length; i++) y[i] = MathF.FusedMultiplyAdd(x[i], scale, y[i]);
    }

    /// <summary>y = scale·y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scale(float* y, float scale, int length)
    {
        var factor = Vector512.Create(scale);
        var i = 0;
        for (; i <= length - Width; i += Width) (Vector512.Load(y + i) * factor).Store(y + i);
        for (; i < length; i++) y[i] *= scale;
    }

    /// <summary>x·σ(x), sixteen at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Silu(Vector512<float> x) => x / (Vector512<float>.One + Vector512.Exp(-x));

    /// <summary>x·σ(x).</summary>
    public static float Silu(float x) => x / (1f + MathF.Exp(-x));
}
