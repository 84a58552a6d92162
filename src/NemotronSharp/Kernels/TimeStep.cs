using NemotronSharp.Numerics;

namespace NemotronSharp.Kernels;

/// <summary>Δ = clamp(softplus(dt + bias), min, max) in place, [T, h]. The family's bounds are 0 and ∞: no clamp.</summary>
internal static unsafe class TimeStep
{
    public static void Apply(Rows dt, float* bias, float min, float max)
    {
        for (var t = 0; t < dt.Count; t++)
            for (var head = 0; head < dt.Width; head++)
                dt[t][head] = Math.Clamp(Softplus(dt[t][head] + bias[head]), min, max);
    }

    // log(1 + eˣ) in double keeps small steps exact in float; above 20 it is x to within 2.1e-9, as other engines compute it.
    private static float Softplus(float x) => x > 20f ? x : (float)Math.Log(1 + Math.Exp(x));
}
