using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Model;

/// <summary>The numbers of FP32 tensors in managed memory, whatever device the tensors live on.</summary>
internal static class TensorValues
{
    /// <summary>A copy of all elements, in row-major order.</summary>
    public static float[] Singles(this Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return MemoryMarshal.Cast<byte, float>(tensor.detach().contiguous().cpu().bytes).ToArray();
    }

    /// <summary>Replaces all elements.</summary>
    /// <exception cref="ArgumentException">There are not as many values as elements.</exception>
    public static void Set(this Tensor target, ReadOnlySpan<float> values)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        target.copy_(tensor(values.ToArray(), target.shape));
    }
}
