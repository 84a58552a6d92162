using System.Collections;
using NemotronSharp.State;

namespace NemotronSharp.Generation;

/// <summary>
/// A continuation that comes into being while it is enumerated, once: that moves the state. One thread at a time; leaving early is allowed.
/// </summary>
public sealed class GeneratedTokens : IEnumerable<int>
{
    private readonly NemotronEngine _engine;
    private readonly SequenceState _state;
    private readonly int[] _prompt;
    private readonly GenerationOptions _options;
    private readonly CancellationToken _cancellation;
    private bool _begun;

    internal GeneratedTokens(NemotronEngine engine, SequenceState state, int[] prompt, GenerationOptions options, CancellationToken cancellation) =>
        (_engine, _state, _prompt, _options, _cancellation) = (engine, state, prompt, options, cancellation);

    /// <summary>What drafting ahead has brought so far.</summary>
    public SpeculationStatistics Speculation { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It was enumerated before.</exception>
    public IEnumerator<int> GetEnumerator()
    {
        if (_begun) throw new InvalidOperationException("found a continuation that was enumerated before, expected a new one: the state has moved");
        _begun = true;
        return Tokens();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private IEnumerator<int> Tokens()
    {
        using var decoder = new Decoder(_engine, _state, _options);
        decoder.Read(_prompt, _cancellation);
        for (var left = _options.MaxTokens; ;)
        {
            var id = decoder.Choose();
            yield return id;
            if (--left == 0 || _options.StopIds.Contains(id)) yield break;
            _cancellation.ThrowIfCancellationRequested();
            decoder.Follow(id, left);
            Speculation = decoder.Statistics;
        }
    }
}
