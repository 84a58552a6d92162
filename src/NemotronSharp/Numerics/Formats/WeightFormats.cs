namespace NemotronSharp.Numerics;

/// <summary>Something to be done with a matrix, compiled once for each format.</summary>
internal interface IFormatVisitor<out TResult>
{
    TResult Visit<TFormat>() where TFormat : IWeightFormat;
}

/// <summary>The one place that leads from a type to its format.</summary>
internal static unsafe class WeightFormats
{
    /// <exception cref="ArgumentException">The engine does not compute with the matrix's type.</exception>
    public static TResult Visit<TVisitor, TResult>(WeightMatrix w, TVisitor visitor) where TVisitor : struct, IFormatVisitor<TResult> => w.Type switch
    {
        TensorType.F32 => visitor.Visit<F32Format>(),
        TensorType.F16 => visitor.Visit<F16Format>(),
        TensorType.BF16 => visitor.Visit<BF16Format>(),
        TensorType.F8E4M3 => visitor.Visit<F8E4M3Format>(),
        TensorType.Q4_0 => visitor.Visit<Q4_0Format>(),
        TensorType.Q4_1 => visitor.Visit<Q4_1Format>(),
        TensorType.Q5_0 => visitor.Visit<Q5_0Format>(),
        TensorType.Q5_1 => visitor.Visit<Q5_1Format>(),
        TensorType.Q8_0 => visitor.Visit<Q8_0Format>(),
        TensorType.Q2_K => visitor.Visit<Q2_KFormat>(),
        TensorType.Q3_K => visitor.Visit<Q3_KFormat>(),
        TensorType.Q4_K => visitor.Visit<Q4_KFormat>(),
        TensorType.Q5_K => visitor.Visit<Q5_KFormat>(),
        TensorType.Q6_K => visitor.Visit<Q6_KFormat>(),
        TensorType.IQ4_NL => visitor.Visit<IQ4_NLFormat>(),
        TensorType.IQ4_XS => visitor.Visit<IQ4_XSFormat>(),
        TensorType.MXFP4 => visitor.Visit<MXFP4Format>(),
        TensorType.NVFP4 => w.BlockScales is null ? visitor.Visit<NVFP4Format>() : visitor.Visit<ModelOptNVFP4Format>(),
        _ => throw new ArgumentException($"found a weight matrix of type {w.Type}, expected a floating or block type", nameof(w)),
    };
}
