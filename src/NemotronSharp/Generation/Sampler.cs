namespace NemotronSharp.Generation;

/// <summary>
/// Chooses tokens of one sequence: penalties, temperature, min-p, top-k, top-p, then one draw. Ties go to the lower id.
/// Holds the sequence's token counts; used by one thread.
/// </summary>
public sealed class Sampler
{
    private readonly SamplingOptions _options;
    private readonly ulong _seed;
    private readonly Dictionary<int, int> _generated = [];
    private readonly HashSet<int> _seen = [];
    private ulong[] _order = [];

    /// <summary>A sampler for one sequence.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public Sampler(SamplingOptions options)
    {
        _options = options.Validate();
        _seed = options.Seed ?? (ulong)Random.Shared.NextInt64();
    }

    /// <summary>Counts prompt tokens, which only the repetition penalty looks at.</summary>
    public void AcceptPrompt(ReadOnlySpan<int> ids)
    {
        if (_options.RepetitionPenalty == 1f) return;
        foreach (var id in ids) _seen.Add(id);
    }

    /// <summary>Counts a generated token.</summary>
    public void Accept(int id)
    {
        if (_options.RepetitionPenalty != 1f) _seen.Add(id);
        if (_options.FrequencyPenalty != 0f || _options.PresencePenalty != 0f) _generated[id] = _generated.GetValueOrDefault(id) + 1;
    }

    /// <summary>Chooses a token from logits [V], which are overwritten.</summary>
    /// <param name="logits">Logits [V].</param>
    /// <param name="position">Position of the token to be chosen; with the seed it decides the draw.</param>
    /// <exception cref="InvalidOperationException">No logit is a number: the model or its weights are broken.</exception>
    public int Sample(Span<float> logits, long position)
    {
        Penalise(logits);
        var best = IndexOfMax(logits);
        if (!float.IsFinite(logits[best])) throw new InvalidOperationException($"position {position}: found {logits[best]} as the largest logit, expected a finite number");
        return _options.Temperature == 0f ? best : Draw(logits, logits[best], position);
    }

    private void Penalise(Span<float> logits)
    {
        if (_options.RepetitionPenalty != 1f)
            foreach (var id in _seen) logits[id] = logits[id] > 0 ? logits[id] / _options.RepetitionPenalty : logits[id] * _options.RepetitionPenalty;
        if (_options.FrequencyPenalty == 0f && _options.PresencePenalty == 0f) return;
        foreach (var (id, count) in _generated) logits[id] -= count * _options.FrequencyPenalty + _options.PresencePenalty;
    }

    private int Draw(Span<float> logits, float max, long position)
    {
        // Probabilities relative to the best token's: its own is 1, which is also what min-p compares with.
        for (var id = 0; id < logits.Length; id++)
        {
            var relative = MathF.Exp((logits[id] - max) / _options.Temperature);
            logits[id] = relative >= _options.MinP ? relative : 0f;
        }

        if (_options.TopK > 0 || _options.TopP < 1f) KeepBest(logits);
        var total = 0.0;
        foreach (var p in logits) total += p;
        var target = SeededRandom.Uniform(_seed, position) * total;
        var last = 0;
        for (var id = 0; id < logits.Length; id++)
        {
            if (logits[id] <= 0f) continue;
            target -= logits[id];
            last = id;
            if (target < 0) break;
        }

        return last;
    }

    private void KeepBest(Span<float> probabilities)
    {
        // Bits of positive floats are ordered as they are: one key sorts by probability, then by lower id.
        if (_order.Length < probabilities.Length) _order = new ulong[probabilities.Length];
        var count = 0;
        for (var id = 0; id < probabilities.Length; id++)
            if (probabilities[id] > 0f) _order[count++] = (ulong)~BitConverter.SingleToUInt32Bits(probabilities[id]) << 32 | (uint)id;
        _order.AsSpan(0, count).Sort();

        if (_options.TopK > 0) count = Math.Min(count, _options.TopK);
        var total = 0.0;
        for (var i = 0; i < count; i++) total += Probability(_order[i]);
        var kept = 0.0;
        probabilities.Clear();
        for (var i = 0; i < count; i++)
        {
            var p = Probability(_order[i]);
            probabilities[(int)(uint)_order[i]] = p;
            kept += p;
            if (_options.TopP < 1f && kept >= _options.TopP * total) break;
        }
    }

    private static float Probability(ulong key) => BitConverter.UInt32BitsToSingle(~(uint)(key >> 32));

    /// <summary>The most likely id. NaN never wins a comparison; a row of nothing but NaN is for the caller to refuse.</summary>
    internal static int IndexOfMax(ReadOnlySpan<float> logits)
    {
        var best = 0;
        for (var id = 1; id < logits.Length; id++)
            if (logits[id] > logits[best] || float.IsNaN(logits[best])) best = id;
        return best;
    }
}
