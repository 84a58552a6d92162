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

    /// <summary>The largest lane; NaN lanes are passed over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(Vector512<float> v)
    {
        var eight = Larger(v.GetLower(), v.GetUpper());
        var four = Larger(eight.GetLower(), eight.GetUpper());
        var two = Larger(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return two.GetElement(0) > two.GetElement(1) ? two.GetElement(0) : two.GetElement(1);
    }

    /// <summary>The larger of each pair; <paramref name="b"/> where one is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Larger(Vector512<float> a, Vector512<float> b) => Vector512.ConditionalSelect(Vector512.GreaterThan(a, b), a, b);

    /// <summary>
    /// 2^x for x up to 127, 0 below −126: a power of two times a polynomial of the rest, |f| ≤ 1/2 (minimax with value 1 at 0, relative error 2e-9, with float32's rounding 1e-7).
    /// Multiply-adds in one order, so that all machines have the same bits.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp2(Vector512<float> x)
    {
        // 1.5 · 2^23: adding it leaves the nearest whole number in the lowest bits.
        var shifted = x + Vector512.Create(12582912f);
        var f = x - (shifted - Vector512.Create(12582912f));
        var p = Vector512.FusedMultiplyAdd(f, Vector512.Create(0.00015353362f), Vector512.Create(0.0013398874f));
        p = Vector512.FusedMultiplyAdd(f, p, Vector512.Create(0.009618437f));
        p = Vector512.FusedMultiplyAdd(f, p, Vector512.Create(0.055503324f));
        p = Vector512.FusedMultiplyAdd(f, p, Vector512.Create(0.24022648f));
        p = Vector512.FusedMultiplyAdd(f, p, Vector512.Create(0.6931472f));
        p = Vector512.FusedMultiplyAdd(f, p, Vector512<float>.One);
        var scaled = (p.AsInt32() + (shifted.AsInt32() << 23)).AsSingle();
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(-126f)), Vector512<float>.Zero, scaled);
    }

    /// <summary>x·σ(x), sixteen at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Silu(Vector512<float> x) => x / (Vector512<float>.One + Vector512.Exp(-x));

    /// <summary>x·σ(x).</summary>
    public static float Silu(float x) => x / (1f + MathF.Exp(-x));

    private static Vector256<float> Larger(Vector256<float> a, Vector256<float> b) => Vector256.ConditionalSelect(Vector256.GreaterThan(a, b), a, b);

    private static Vector128<float> Larger(Vector128<float> a, Vector128<float> b) => Vector128.ConditionalSelect(Vector128.GreaterThan(a, b), a, b);
}
