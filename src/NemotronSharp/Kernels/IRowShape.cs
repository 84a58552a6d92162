namespace NemotronSharp.Kernels;

/// <summary>
/// How many query rows an attention tile computes together, and how many vectors of positions or dimensions beside them: up to sixteen accumulators, of which eight hide the
/// latency of a multiply-add. A row's sums are the same in every shape.
/// </summary>
internal interface IRowShape
{
    /// <summary>Query rows R.</summary>
    static abstract int Rows { get; }

    /// <summary>Vectors of sixteen, 1, 2 or 4.</summary>
    static abstract int Vectors { get; }
}

internal readonly struct OneRow : IRowShape
{
    public static int Rows => 1;

    public static int Vectors => 4;
}

internal readonly struct TwoRows : IRowShape
{
    public static int Rows => 2;

    public static int Vectors => 4;
}

internal readonly struct FourRows : IRowShape
{
    public static int Rows => 4;

    public static int Vectors => 4;
}

internal readonly struct EightRows : IRowShape
{
    public static int Rows => 8;

    public static int Vectors => 2;
}

internal readonly struct SixteenRows : IRowShape
{
    public static int Rows => 16;

    public static int Vectors => 1;
}
