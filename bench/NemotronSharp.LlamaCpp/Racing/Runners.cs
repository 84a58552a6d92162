using NemotronSharp.State;

namespace NemotronSharp.LlamaCpp;

/// <summary>An engine with one model, as the race sees it: it goes back to saved states and moves on from there.</summary>
internal interface IRunner : IDisposable
{
    /// <summary>Number V of token ids.</summary>
    int VocabularySize { get; }

    /// <summary>What a token costs in this project's engine; null for others.</summary>
    TokenCost? Cost { get; }

    /// <summary>Makes the state where the sequence stands the one for this depth.</summary>
    void Save(int depth);

    /// <summary>Goes back to the state of a depth, 0 or saved before.</summary>
    void Restore(int depth);

    /// <summary>Moves the sequence, until the last token's logits are there.</summary>
    void Step(ReadOnlySpan<int> ids);
}

/// <summary>This project's engine.</summary>
internal sealed class NemotronSharpRunner : IRunner
{
    private readonly NemotronEngine _engine;
    private readonly Dictionary<int, SequenceState> _saved = [];
    private readonly float[] _logits;
    private SequenceState _state;

    public NemotronSharpRunner(string path, EngineOptions options)
    {
        _engine = NemotronEngine.Load(path, options);
        _state = _engine.NewSequence();
        _logits = new float[_engine.Config.VocabSize];
        Cost = TokenCost.Of(_engine, options);
    }

    public int VocabularySize => _engine.Config.VocabSize;

    public TokenCost? Cost { get; }

    public void Save(int depth) => _saved[depth] = _state.Clone();

    public void Restore(int depth)
    {
        _state.Dispose();
        _state = depth == 0 ? _engine.NewSequence() : _saved[depth].Clone();
    }

    public void Step(ReadOnlySpan<int> ids) => _engine.Forward(_state, ids, _logits);

    public void Dispose()
    {
        _state.Dispose();
        foreach (var state in _saved.Values) state.Dispose();
        _engine.Dispose();
    }
}

/// <summary>llama.cpp with the defaults of its own benchmark: half-precision cache, fused attention where it has it, lasting threads, 512 tokens at once.</summary>
internal sealed class LlamaRunner : IRunner
{
    private readonly LlamaModel _model;
    private readonly LlamaContext _context;
    private readonly Dictionary<int, LlamaState> _saved = [];

    public LlamaRunner(string path, int threads, int contextTokens)
    {
        _model = LlamaModel.Load(path);
        _context = new LlamaContext(_model, new LlamaOptions { Threads = threads, ContextTokens = contextTokens, ExactAttention = false, LastingThreads = true });
    }

    public int VocabularySize => _model.VocabularySize;

    public TokenCost? Cost => null;

    public void Save(int depth) => _saved[depth] = _context.Save();

    public void Restore(int depth)
    {
        if (depth == 0) _context.Clear();
        else _context.Restore(_saved[depth]);
    }

    public void Step(ReadOnlySpan<int> ids) => _context.Forward(ids, 1, (_, _) => { });

    public void Dispose()
    {
        _context.Dispose();
        _model.Dispose();
    }
}
