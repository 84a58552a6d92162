using NemotronSharp.Numerics;

namespace NemotronSharp.State;

/// <summary>
/// What the Mamba layers of one sequence were given for its last tokens: convolution inputs and time steps [L, capacity, D_conv + h]. A Mamba state cannot be cut short like
/// keys and values; it stays before these tokens instead, and moves over them when they are sure to remain. Owned by a sequence state.
/// </summary>
internal sealed unsafe class KeptInputs(int layers, int capacity, int width) : IDisposable
{
    private readonly NativeBuffer _rows = new((long)layers * capacity * width);

    /// <summary>Tokens that there is room for.</summary>
    public int Capacity => capacity;

    public long Bytes => _rows.Length * sizeof(float);

    /// <summary>[capacity, D_conv + h] of the n-th Mamba layer, oldest token first.</summary>
    public Rows Layer(int mambaLayer) => new(_rows.Data + (long)mambaLayer * capacity * width, capacity, width);

    /// <summary>A copy of the first <paramref name="tokens"/> tokens with room for another number of them.</summary>
    public KeptInputs Clone(int tokens, int room)
    {
        var copy = new KeptInputs(layers, room, width);
        for (var layer = 0; layer < layers; layer++)
            for (var t = 0; t < tokens; t++) Layer(layer)[t].CopyTo(copy.Layer(layer)[t]);
        return copy;
    }

    public void Dispose() => _rows.Dispose();
}
