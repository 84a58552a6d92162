using NemotronSharp.Numerics;

namespace NemotronSharp.Kernels;

/// <summary>
/// Rows of a product in float32. Columns come in stretches of 4,096; within a stretch the sixteens of columns are dealt in turn to four chains, each of sixteen running sums;
/// at its end the chains are added, one after the other, to sixteen totals. A value is the sum of its totals in the order of <see cref="Lanes.Sum"/>, times the matrix's factor:
/// the same bits in every kernel, for any number of tokens.
/// </summary>
internal static unsafe class SinglePrecisionProduct
{
    /// <summary>Four, so that a row alone keeps the multipliers busy: a chain waits for its last addition.</summary>
    public const int Chains = 4;

    /// <summary>So many that a tile's weights of one chain fill half of a first-level cache.</summary>
    public const int StretchColumns = 4096;

    private const int DirectTokens = 4;

    /// <summary>Whether a product's weights go through a panel, and its activations have to be packed.</summary>
    public static bool IsPanel(in Product product) => product.Count > DirectTokens;

    /// <summary>Rows [begin, end) of y.</summary>
    /// <param name="product">The product.</param>
    /// <param name="packed">Its activations as <see cref="PanelProduct.Pack"/> leaves them, if <see cref="IsPanel"/>.</param>
    /// <param name="begin">First row.</param>
    /// <param name="end">Behind the last row.</param>
    public static void Apply(in Product product, float* packed, int begin, int end) => WeightFormats.Visit(product.Weights, new Launch(product, packed, begin, end));

    private readonly struct Launch(Product product, float* packed, int begin, int end) : IFormatVisitor
    {
        public void Visit<TFormat>() where TFormat : IWeightFormat
        {
            if (IsPanel(product)) PanelProduct.Apply<TFormat>(product, packed, begin, end);
            else MatrixVector.Apply<TFormat>(product, begin, end);
        }
    }
}
