using NemotronSharp.Numerics;

namespace NemotronSharp.Model;

/// <summary>What a layer does with its normalised input; the block around it is <c>x + mixer(norm(x))</c>.</summary>
internal abstract class Mixer
{
    /// <summary>Mixes x [T, H] into y [T, H] and moves the step's sequence states.</summary>
    public abstract void Forward(Rows x, Rows y, Step step);
}
