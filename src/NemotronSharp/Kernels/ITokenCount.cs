namespace NemotronSharp.Kernels;

/// <summary>How many tokens a kernel works on at once, known when it is compiled: registers of absent tokens vanish.</summary>
internal interface ITokenCount
{
    /// <summary>1 to 4.</summary>
    static abstract int Count { get; }
}

internal readonly struct OneToken : ITokenCount
{
    public static int Count => 1;
}

internal readonly struct TwoTokens : ITokenCount
{
    public static int Count => 2;
}

internal readonly struct ThreeTokens : ITokenCount
{
    public static int Count => 3;
}

internal readonly struct FourTokens : ITokenCount
{
    public static int Count => 4;
}
