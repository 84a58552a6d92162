using NemotronSharp.Numerics;

namespace NemotronSharp.Checkpoints;

/// <summary>
/// What ModelOpt measured for an FP8 cache of one attention layer: a key or value x is stored as E4M3 of x / scale (<see cref="KeyValuePrecision.Float8"/>).
/// Caches in wider numbers have no use for them.
/// </summary>
/// <param name="Mixer">The vendor's name of the layer's mixer.</param>
/// <param name="Key">Scale of the keys, positive; 1 if the checkpoint ships none.</param>
/// <param name="Value">Scale of the values.</param>
public sealed record KeyValueScales(string Mixer, float Key, float Value)
{
    /// <summary>Names of a mixer's scales.</summary>
    internal static (string Key, string Value) Names(string mixer) => ($"{mixer}.k_proj.k_scale", $"{mixer}.v_proj.v_scale");

    /// <summary>A layer's scales; null when it has neither.</summary>
    /// <exception cref="InvalidDataException">A scale is not one finite, positive F32; the message names it.</exception>
    internal static KeyValueScales? Read(IReadOnlyDictionary<string, Tensor> tensors, string mixer)
    {
        var (key, value) = Names(mixer);
        return tensors.ContainsKey(key) || tensors.ContainsKey(value) ? new KeyValueScales(mixer, Scale(tensors, key), Scale(tensors, value)) : null;
    }

    private static float Scale(IReadOnlyDictionary<string, Tensor> tensors, string name)
    {
        if (!tensors.TryGetValue(name, out var tensor)) return 1;
        if (tensor.Type != TensorType.F32 || tensor.Count != 1) throw tensor.Unexpected("one F32 scale");
        var scale = tensor.ToSingles()[0];
        return float.IsFinite(scale) && scale > 0 ? scale : throw new InvalidDataException($"{tensor.File}: tensor '{tensor.Name}': found {scale}, expected a finite scale above 0");
    }
}
