using NemotronSharp.Kernels;
using NemotronSharp.State;

namespace NemotronSharp.Model;

/// <summary>The rows of one sequence in a step: rows [Start, Start + Count) continue <see cref="State"/>.</summary>
internal readonly record struct Segment(SequenceState State, int Start, int Count)
{
    /// <summary>How many of them, the last ones, the state must be able to take back.</summary>
    public int Kept { get; init; }
}

/// <summary>What every mixer of a step shares: the sequences and what kernels need. Filled anew for each step, so that a step allocates nothing.</summary>
internal sealed class Step(KernelContext kernels)
{
    private Segment[] _segments = new Segment[1];
    private int _count;

    public ReadOnlySpan<Segment> Segments => _segments.AsSpan(0, _count);

    public KernelContext Kernels => kernels;

    public Arena Scratch => kernels.Scratch;

    public Workers Workers => kernels.Workers;

    /// <summary>Makes this a step of one sequence.</summary>
    public Step Of(Segment segment)
    {
        Clear();
        Add(segment);
        return this;
    }

    public void Add(Segment segment)
    {
        if (_count == _segments.Length) Array.Resize(ref _segments, 2 * _count);
        _segments[_count++] = segment;
    }

    /// <summary>Lets go of the sequences.</summary>
    public void Clear()
    {
        _segments.AsSpan(0, _count).Clear();
        _count = 0;
    }
}
