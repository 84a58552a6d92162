using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Model;

/// <summary>Raw access to a tensor's memory, which libtorch neither moves nor frees while the tensor lives.</summary>
internal static unsafe class Floats
{
    /// <exception cref="ArgumentException">The tensor is not FP32 and contiguous.</exception>
    public static float* Of(Tensor tensor)
    {
        if (tensor.dtype != ScalarType.Float32 || !tensor.is_contiguous())
            throw new ArgumentException($"found a {tensor.dtype} tensor [{string.Join(", ", tensor.shape)}], expected contiguous FP32", nameof(tensor));
        return (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
    }
}
