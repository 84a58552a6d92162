using NemotronSharp.Generation;
using NemotronSharp.Model;
using NemotronSharp.Numerics;
using NemotronSharp.State;

namespace NemotronSharp;

/// <summary>Receives what the MTP head drafts behind one token; the span is valid during the call.</summary>
/// <param name="token">Index of the token in the ids given; the one after it is known.</param>
/// <param name="drafts">Drafted ids of the tokens after that one, in order.</param>
public delegate void DraftVisitor(int token, ReadOnlySpan<int> drafts);

// The multi-token-prediction head: its logits, its drafts, and the two steps that speculative decoding is made of.
public sealed unsafe partial class NemotronEngine
{
    /// <summary>
    /// Moves a fresh state by ids [T ≥ 2] and shows, for every token but the last, the MTP head's draft logits for the token after the next.
    /// </summary>
    /// <exception cref="InvalidOperationException">The checkpoint has no MTP head.</exception>
    /// <exception cref="ArgumentException">Fewer than two ids, an id outside the vocabulary, or a state that has moved or is another engine's.</exception>
    public void ForwardMtp(SequenceState state, ReadOnlySpan<int> ids, LogitsVisitor visitor)
    {
        RequireHead(state, ids);
        lock (_gate)
        {
            for (int start = 0, count; start < ids.Length; start += count)
            {
                using var frame = _kernels.Scratch.Enter();
                count = PassLength(ids.Length - start, keep: 0);
                var hidden = Pass(state, ids.Slice(start, count), keep: 0);
                var next = ids.Slice(start + 1, Math.Min(count, ids.Length - 1 - start));
                if (next.IsEmpty) return;
                var drafted = Follow(state, hidden.Slice(0, next.Length), next, start + next.Length);
                var logits = _kernels.Scratch.Take(1, Config.VocabSize);
                for (var t = 0; t < next.Length; t++)
                {
                    _model.Logits(drafted.Slice(t, 1), logits, _kernels);
                    visitor(start + t, logits[0]);
                }
            }
        }
    }

    /// <summary>
    /// Moves a fresh state by ids [T ≥ 2] and shows, for every token from <paramref name="first"/> on but the last, what the MTP head drafts greedily:
    /// the first id from the model's hidden state and the token that follows, each further one from the head's own hidden state and the id drafted before it.
    /// </summary>
    /// <param name="state">A state that has seen nothing.</param>
    /// <param name="ids">Token ids [T].</param>
    /// <param name="first">Index of the first token whose drafts are wanted, 0 to T − 2.</param>
    /// <param name="depth">Ids to draft behind each token, at least 1.</param>
    /// <param name="visitor">Is shown the drafts, in order.</param>
    /// <exception cref="InvalidOperationException">The checkpoint has no MTP head.</exception>
    /// <exception cref="ArgumentException">Fewer than two ids, an id outside the vocabulary, a state that has moved or is another engine's, or a number out of its range.</exception>
    public void DraftMtp(SequenceState state, ReadOnlySpan<int> ids, int first, int depth, DraftVisitor visitor)
    {
        RequireHead(state, ids);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, ids.Length - 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        var drafts = new int[depth];
        lock (_gate)
        {
            for (int start = 0, count; start < ids.Length; start += count)
            {
                using var frame = _kernels.Scratch.Enter();
                count = PassLength(ids.Length - start, keep: 0);
                var hidden = Pass(state, ids.Slice(start, count), keep: 0);
                var next = ids.Slice(start + 1, Math.Min(count, ids.Length - 1 - start));
                var known = Math.Clamp(first - start, 0, next.Length);
                Remember(state, hidden.Slice(0, known), next[..known], start + known);
                for (var t = known; t < next.Length; t++)
                {
                    DraftLocked(state, hidden.Slice(t, 1), next.Slice(t, 1), drafts, start + t + 1);
                    visitor(start + t, drafts);
                }
            }
        }
    }

    /// <summary>
    /// One pass: moves a state by ids [T], at most a step's. The MTP head remembers the first rows, those whose next ids are given.
    /// </summary>
    /// <param name="state">The state.</param>
    /// <param name="ids">Ids [T] in the vocabulary.</param>
    /// <param name="keep">How many of them can be taken back.</param>
    /// <param name="next">Ids behind the first rows, at most T; none without an MTP head.</param>
    /// <param name="hidden">Takes the hidden states [n, H] of the last n rows.</param>
    /// <param name="logits">Takes the logits [m, V] of the last m rows.</param>
    internal void Move(SequenceState state, ReadOnlySpan<int> ids, int keep, ReadOnlySpan<int> next, Rows hidden, Rows logits)
    {
        lock (_gate)
        {
            CheckState(state);
            using var frame = _kernels.Scratch.Enter();
            var all = Pass(state, ids, keep);
            Remember(state, all.Slice(0, next.Length), next, state.Position - ids.Length + next.Length);
            for (var t = 0; t < hidden.Count; t++) all[ids.Length - hidden.Count + t].CopyTo(hidden[t]);
            if (logits.Count > 0) _model.Logits(all.Slice(ids.Length - logits.Count, logits.Count), logits, _kernels);
        }
    }

    /// <summary>
    /// The MTP head sees hidden states [n ≥ 1, H] with their next ids, and drafts what comes behind the last of them, each time its likeliest token: the first from the model's
    /// hidden state, each further one from the head's own and the id drafted before it. Of what it drafted the head remembers nothing.
    /// </summary>
    internal void Draft(SequenceState state, Rows hidden, ReadOnlySpan<int> next, Span<int> drafts)
    {
        lock (_gate)
        {
            CheckState(state);
            DraftLocked(state, hidden, next, drafts, state.Position);
        }
    }

    // The head has then seen the text up to a position.
    private void DraftLocked(SequenceState state, Rows hidden, ReadOnlySpan<int> next, Span<int> drafts, int seen)
    {
        using var frame = _kernels.Scratch.Enter();
        var sure = drafts.IsEmpty ? next.Length : next.Length - 1;
        Remember(state, hidden.Slice(0, sure), next[..sure], seen - next.Length + sure);
        if (drafts.IsEmpty) return;

        var logits = _kernels.Scratch.Take(1, Config.VocabSize);
        var from = Follow(state, hidden.Slice(sure, 1), next[sure..], seen);
        var length = state.MtpPosition;
        for (var d = 0; d < drafts.Length; d++)
        {
            if (d > 0) from = Follow(state, from, drafts.Slice(d - 1, 1), seen);
            _model.Logits(from, logits, _kernels);
            drafts[d] = Sampler.IndexOfMax(logits[0]);
        }

        state.MtpPosition = length;
    }

    // The head's own hidden states [n, H], in scratch memory; it has then seen the text up to a position.
    private Rows Follow(SequenceState state, Rows hidden, ReadOnlySpan<int> next, int seen)
    {
        var own = _kernels.Scratch.Take(next.Length, Config.HiddenSize);
        _model.Mtp!.Forward(hidden, Embedded(next), _headStep.Of(new Segment(state, 0, next.Length)), own);
        _headStep.Clear();
        state.MtpSeen = seen;
        return own;
    }

    // The same where nobody asks for the head's hidden states: far less work.
    private void Remember(SequenceState state, Rows hidden, ReadOnlySpan<int> next, int seen)
    {
        if (next.IsEmpty) return;
        using var frame = _kernels.Scratch.Enter();
        _model.Mtp!.Remember(hidden, Embedded(next), _headStep.Of(new Segment(state, 0, next.Length)));
        _headStep.Clear();
        state.MtpSeen = seen;
    }

    private Rows Embedded(ReadOnlySpan<int> ids)
    {
        var rows = _kernels.Scratch.Take(ids.Length, Config.HiddenSize);
        _model.Embed(ids, rows);
        return rows;
    }

    private void RequireHead(SequenceState state, ReadOnlySpan<int> ids)
    {
        if (!HasMtp) throw new InvalidOperationException($"{_checkpoint.Path}: found no MTP head, expected tensors mtp.layers.*");
        if (ids.Length < 2 || state.Position != 0) throw new ArgumentException($"found {ids.Length} ids at position {state.Position}, expected at least 2 at position 0", nameof(ids));
        Check(state, ids, keep: 0);
    }
}
