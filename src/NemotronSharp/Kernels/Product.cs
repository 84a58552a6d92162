using NemotronSharp.Numerics;

namespace NemotronSharp.Kernels;

/// <summary>y[t, r] = scale · Σ_k w[r, k] · x[token t, k] for the tokens that it concerns.</summary>
/// <param name="weights">w [R, K] in its file's type.</param>
/// <param name="x">Float32 activations [*, K].</param>
/// <param name="y">Results [T, R].</param>
/// <param name="tokens">The T rows of x that are multiplied; null for the first T.</param>
internal readonly unsafe struct Product(WeightMatrix weights, Rows x, Rows y, int* tokens = null)
{
    public readonly WeightMatrix Weights = weights;
    public readonly Rows X = x;
    public readonly Rows Y = y;
    public readonly int* Tokens = tokens;

    /// <summary>T.</summary>
    public int Count => Y.Count;

    /// <summary>Which row of x is token t.</summary>
    public int Row(int t) => Tokens is null ? t : Tokens[t];

    public float* Input(int t) => X.Row(Row(t));
}
