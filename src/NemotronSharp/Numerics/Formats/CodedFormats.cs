namespace NemotronSharp.Numerics;

/// <summary>Something to be done with a matrix of codes, compiled once for each format.</summary>
internal interface ICodedFormatVisitor
{
    void Visit<TFormat>() where TFormat : ICodedFormat;
}

/// <summary>The one place that leads from a type to its codes.</summary>
internal static unsafe class CodedFormats
{
    /// <exception cref="ArgumentException">The matrix's type has no codes.</exception>
    public static void Visit<TVisitor>(WeightMatrix w, TVisitor visitor) where TVisitor : struct, ICodedFormatVisitor
    {
        switch (w.Type)
        {
            case TensorType.Q4_0: visitor.Visit<Q4_0Format>(); break;
            case TensorType.Q8_0: visitor.Visit<Q8_0Format>(); break;
            case TensorType.NVFP4 when w.BlockScales is null: visitor.Visit<NVFP4Format>(); break;
            case TensorType.NVFP4: visitor.Visit<ModelOptNVFP4Format>(); break;
            default: throw new ArgumentException($"found a weight matrix of type {w.Type}, expected one of whole-number codes", nameof(w));
        }
    }
}
