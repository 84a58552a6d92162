using System.Runtime.Intrinsics;
using NemotronSharp.Numerics;

namespace NemotronSharp.Kernels;

/// <summary>x = max(x, 0)² in place; the activation of every MLP and expert of the family (Primer, arXiv 2109.08668).</summary>
internal static unsafe class SquaredRelu
{
    public static void Apply(Rows x)
    {
        for (var t = 0; t < x.Count; t++)
        {
            var row = x.Row(t);
            var i = 0;
            for (; i <= x.Width - Lanes.Width; i += Lanes.Width)
            {
                var positive = Vector512.Max(Vector512.Load(row + i), Vector512<float>.Zero);
                (positive * positive).Store(row + i);
            }

            for (; i < x.Width; i++)
            {
                var positive = MathF.Max(row[i], 0f);
                row[i] = positive * positive;
            }
        }
    }
}
