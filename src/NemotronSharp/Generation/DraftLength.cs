namespace NemotronSharp.Generation;

/// <summary>
/// How many tokens to draft: as many as give the most tokens a second. A step with k drafts gives E_k = 1 + a_1 + a_1·a_2 + … + a_1·…·a_k tokens, where a_i is the share of right
/// drafts at place i behind right ones; it costs c_k times as much as one with a draft less. So one more is drafted when E_{k+1}/E_k &gt; c_{k+1}, one fewer when E_k/E_{k−1} &lt; c_k,
/// each by a margin, so that the length comes to rest. Both are moving averages; what the length at work does not show is learnt by trials: one step with a draft more or less,
/// its time taken beside the steps before and after it. They become rarer, from every 4th step to every 64th, until the length changes or a draft is right against expectation.
/// Used by one thread.
/// </summary>
internal sealed class DraftLength
{
    /// <summary>Most steps between two trials.</summary>
    public const int LongestWait = 64;

    private const int FirstWait = 4;
    private const double Margin = 1.04, MostChange = 4;

    // Indices: place of a draft less one; drafts of the cheaper step. Costs are averaged as logarithms.
    private readonly MovingAverage[] _right, _cost;
    private readonly int _most;
    private int _wait = FirstWait, _untilTrial = FirstWait;
    private bool _downNext;
    private (int Drafts, double Seconds)? _before;

    /// <param name="most">Most drafts, at least 0.</param>
    /// <param name="before">What was learnt before, to go on from; null begins anew with one draft.</param>
    public DraftLength(int most, DraftLength? before = null)
    {
        _most = most;
        _right = new MovingAverage[GenerationOptions.DraftLimit];
        _cost = new MovingAverage[GenerationOptions.DraftLimit];
        _right.AsSpan().Fill(new MovingAverage(0.7, 4));
        _cost.AsSpan().Fill(new MovingAverage(Math.Log(1.4), 1));
        before?._right.CopyTo(_right, 0);
        before?._cost.CopyTo(_cost, 0);
        (_wait, _untilTrial) = (before?._wait ?? FirstWait, before?._untilTrial ?? FirstWait);
        Length = Math.Min(before?.Length ?? 1, most);
    }

    /// <summary>Drafts that are worth making, trials apart.</summary>
    public int Length { get; private set; }

    /// <summary>Drafts to make in the next step, at most one more or fewer than <see cref="Length"/>.</summary>
    public int Next()
    {
        if (_most == 0 || --_untilTrial > 0) return Length;
        _untilTrial = _wait = Math.Min(2 * _wait, LongestWait);
        var down = Length == _most || (Length > 0 && _downNext);
        _downNext = !down;
        return down ? Length - 1 : Length + 1;
    }

    /// <summary>Learns whether the draft at a place (0 for the first), behind right ones, was right.</summary>
    public void Checked(int place, bool right)
    {
        if (place >= Length && right && _right[place].Value < 0.5) _untilTrial = _wait = Math.Max(FirstWait, _wait / 4);
        _right[place].Add(right ? 1 : 0);
        Adjust();
    }

    /// <summary>Learns what a step took, from the first draft to the model's logits.</summary>
    public void Timed(int drafts, double seconds)
    {
        if (_before is { } before && Math.Abs(drafts - before.Drafts) == 1)
        {
            var change = drafts > before.Drafts ? seconds / before.Seconds : before.Seconds / seconds;
            _cost[Math.Min(drafts, before.Drafts)].Add(Math.Log(Math.Clamp(change, 1 / MostChange, MostChange)));
            Adjust();
        }

        _before = (drafts, seconds);
    }

    private void Adjust()
    {
        if (Length < _most && Gain(Length) > Math.Exp(_cost[Length].Value) * Margin) Length++;
        else if (Length > 0 && Gain(Length - 1) * Margin < Math.Exp(_cost[Length - 1].Value)) Length--;
        else return;
        _untilTrial = _wait = FirstWait;
    }

    // E_{k+1} / E_k.
    private double Gain(int drafts)
    {
        double tokens = 1, reached = 1;
        for (var i = 0; i < drafts; i++) tokens += reached *= _right[i].Value;
        return 1 + reached * _right[drafts].Value / tokens;
    }

    /// <summary>An average that the last 32 values or so make up; at first, all of them and what was believed before.</summary>
    private struct MovingAverage(double believed, int weight)
    {
        private int _count = weight;

        public double Value { get; private set; } = believed;

        public void Add(double value)
        {
            _count = Math.Min(_count + 1, 32);
            Value += (value - Value) / _count;
        }
    }
}
