using System.Diagnostics;
using NemotronSharp.Numerics;
using NemotronSharp.State;

namespace NemotronSharp.Generation;

/// <summary>
/// Chooses token after token. With an MTP head it speculates (Leviathan et al., arXiv 2211.17192): the head drafts, one pass of the model gives the logits behind every draft, and a draft
/// remains if it is the very token that the sampler chooses there; its draw is a function of seed and position, so the text is that of decoding without drafts, token for token.
/// The state stands behind the last token that is sure. Owns its buffers; used by one thread.
/// </summary>
internal sealed unsafe class Decoder : IDisposable
{
    private readonly NemotronEngine _engine;
    private readonly SequenceState _state;
    private readonly Sampler _sampler;
    private readonly DraftLength? _length;
    private readonly NativeBuffer _logits, _hidden;
    private readonly int[] _step, _next;
    private readonly int _most, _stepTokens;

    // Rows of the last pass; the one whose logits come next, of which all before were right.
    private int _rows = 1, _row;

    // Hidden states that the head has not seen yet; the last of them may still wait for its next token.
    private int _unseen;

    public Decoder(NemotronEngine engine, SequenceState state, GenerationOptions options)
    {
        (_engine, _state, _sampler) = (engine, state, new Sampler(options.Sampling));
        _stepTokens = engine.StepTokens;
        // The first token comes from the prompt and the last is moved by no step; a step's tokens go in one pass.
        _most = engine.HasMtp ? Math.Clamp(Math.Min(options.MaxTokens - 2, _stepTokens - 1), 0, options.MostDrafts) : 0;
        _length = options.AdaptDrafts && _most > 0 ? new DraftLength(_most, engine.DraftLength) : null;
        _step = new int[_most + 1];
        _next = new int[_most == 0 ? 0 : DraftLength.LongestWait + 2 * (_most + 1)];
        _logits = new NativeBuffer((long)(_most + 1) * engine.Config.VocabSize);
        _hidden = new NativeBuffer((long)_next.Length * engine.Config.HiddenSize);
    }

    public SpeculationStatistics Statistics { get; private set; }

    private Rows Logits => new(_logits.Data, _most + 1, _engine.Config.VocabSize);

    private Rows Hidden => new(_hidden.Data, _next.Length, _engine.Config.HiddenSize);

    /// <summary>Moves the state by the prompt, step by step, so that cancelling does not wait for all of it.</summary>
    public void Read(ReadOnlySpan<int> prompt, CancellationToken cancellation)
    {
        _sampler.AcceptPrompt(prompt);
        for (int at = 0, count; at < prompt.Length; at += count)
        {
            cancellation.ThrowIfCancellationRequested();
            count = Math.Min(_stepTokens, prompt.Length - at);
            var last = at + count == prompt.Length;
            var next = _most == 0 ? [] : prompt.Slice(at + 1, last ? count - 1 : count);
            _engine.Move(_state, prompt.Slice(at, count), keep: 0, next, Hidden.Slice(0, last && _most > 0 ? 1 : 0), Logits.Slice(0, last ? 1 : 0));
        }
    }

    /// <summary>The next token.</summary>
    public int Choose()
    {
        var id = _sampler.Sample(Logits[_row], _state.Position);
        _sampler.Accept(id);
        if (_most > 0) _next[_unseen++] = id;
        return id;
    }

    /// <summary>Moves the state by the token chosen last: at no cost if it was drafted.</summary>
    /// <param name="id">The token.</param>
    /// <param name="left">Tokens still wanted, at least 1.</param>
    public void Follow(int id, int left)
    {
        if (_row + 1 < _rows)
        {
            var right = _step[_row + 1] == id;
            _length?.Checked(_row, right);
            if (right)
            {
                _row++;
                _state.Redo(1);
                Statistics = Statistics with { Accepted = Statistics.Accepted + 1 };
                return;
            }
        }

        var start = Stopwatch.GetTimestamp();
        var drafts = Math.Min(_length?.Next() ?? _most, left - 1);
        Draft(_step.AsSpan(1, drafts));
        _step[0] = id;
        (_rows, _row) = (drafts + 1, 0);
        _engine.Move(_state, _step.AsSpan(0, _rows), keep: drafts, [], Hidden.Slice(_unseen, _most == 0 ? 0 : _rows), Logits.Slice(0, _rows));
        _state.Rewind(drafts);
        _length?.Timed(drafts, Stopwatch.GetElapsedTime(start).TotalSeconds);
        Statistics = new(Statistics.Steps + 1, Statistics.Drafted + drafts, Statistics.Accepted);
    }

    public void Dispose()
    {
        if (_length is not null) _engine.DraftLength = _length;
        _logits.Dispose();
        _hidden.Dispose();
    }

    // Where nothing is drafted the head catches up when it must, many tokens at once.
    private void Draft(Span<int> drafts)
    {
        if (drafts.IsEmpty && (_most == 0 || _unseen < DraftLength.LongestWait)) return;
        _engine.Draft(_state, Hidden.Slice(0, _unseen), _next.AsSpan(0, _unseen), drafts);
        _unseen = 0;
    }
}
