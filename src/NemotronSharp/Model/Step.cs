using NemotronSharp.Kernels;
using NemotronSharp.State;

namespace NemotronSharp.Model;

/// <summary>The rows of one sequence in a step: rows [Start, Start + Count) continue <see cref="State"/>.</summary>
internal readonly record struct Segment(SequenceState State, int Start, int Count);

/// <summary>What every mixer of a step shares: the sequences and what kernels need.</summary>
internal sealed record Step(IReadOnlyList<Segment> Segments, KernelContext Kernels)
{
    public Arena Scratch => Kernels.Scratch;

    public Workers Workers => Kernels.Workers;
}
