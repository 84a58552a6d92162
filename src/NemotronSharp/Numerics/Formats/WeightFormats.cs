namespace NemotronSharp.Numerics;

/// <summary>Something to be done with a matrix, compiled once for each format.</summary>
internal interface IFormatVisitor
{
    void Visit<TFormat>() where TFormat : IWeightFormat;
}

/// <summary>The one place that leads from a type to its format.</summary>
internal static unsafe class WeightFormats
{
    /// <exception cref="ArgumentException">The engine does not compute with the matrix's type.</exception>
    public static void Visit<TVisitor>(WeightMatrix w, TVisitor visitor) where TVisitor : struct, IFormatVisitor
    {
        switch (w.Type)
        {
            case TensorType.F32: visitor.Visit<F32Format>(); break;
            case TensorType.F16: visitor.Visit<F16Format>(); break;
            case TensorType.BF16: visitor.Visit<BF16Format>(); break;
            case TensorType.F8E4M3: visitor.Visit<F8E4M3Format>(); break;
            case TensorType.Q4_0: visitor.Visit<Q4_0Format>(); break;
            case TensorType.Q4_1: visitor.Visit<Q4_1Format>(); break;
            case TensorType.Q5_0: visitor.Visit<Q5_0Format>(); break;
            case TensorType.Q5_1: visitor.Visit<Q5_1Format>(); break;
            case TensorType.Q8_0: visitor.Visit<Q8_0Format>(); break;
            case TensorType.Q2_K: visitor.Visit<Q2_KFormat>(); break;
            case TensorType.Q3_K: visitor.Visit<Q3_KFormat>(); break;
            case TensorType.Q4_K: visitor.Visit<Q4_KFormat>(); break;
            case TensorType.Q5_K: visitor.Visit<Q5_KFormat>(); break;
            case TensorType.Q6_K: visitor.Visit<Q6_KFormat>(); break;
            case TensorType.IQ4_NL: visitor.Visit<IQ4_NLFormat>(); break;
            case TensorType.IQ4_XS: visitor.Visit<IQ4_XSFormat>(); break;
            case TensorType.MXFP4: visitor.Visit<MXFP4Format>(); break;
            case TensorType.NVFP4 when w.BlockScales is null: visitor.Visit<NVFP4Format>(); break;
            case TensorType.NVFP4: visitor.Visit<ModelOptNVFP4Format>(); break;
            default: throw new ArgumentException($"found a weight matrix of type {w.Type}, expected a floating or block type", nameof(w));
        }
    }
}
