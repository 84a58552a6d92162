namespace NemotronSharp.LlamaCpp;

/// <summary>An engine with one model and one sequence, as the comparison sees it.</summary>
internal interface ISubject : IDisposable
{
    /// <summary>Moves the sequence by ids and shows the logits behind each of the last ones.</summary>
    void Forward(ReadOnlySpan<int> ids, int last, LogitsVisitor visitor);
}

/// <summary>This project's engine; <see cref="ActivationPrecision.Float32"/> means that nothing at all is rounded but by float32 arithmetic.</summary>
internal sealed class NemotronSharpSubject : ISubject
{
    private readonly NemotronEngine _engine;
    private readonly State.SequenceState _state;

    public NemotronSharpSubject(string path, int threads, ActivationPrecision activations, KeyValuePrecision keyValues)
    {
        var options = new EngineOptions { Activations = activations, KeyValues = keyValues };
        _engine = NemotronEngine.Load(path, options with { Threads = threads });
        _state = _engine.NewSequence();
    }

    public void Forward(ReadOnlySpan<int> ids, int last, LogitsVisitor visitor)
    {
        // The head's product for tokens whose logits nobody wants would spoil the prompt's speed.
        var head = Math.Max(0, ids.Length - last);
        if (head > 0) _engine.Forward(_state, ids[..head], new float[_engine.Config.VocabSize]);
        _engine.ForwardAll(_state, ids[head..], visitor);
    }

    public void Dispose()
    {
        _state.Dispose();
        _engine.Dispose();
    }
}

/// <summary>llama.cpp.</summary>
internal sealed class LlamaSubject : ISubject
{
    private readonly LlamaModel _model;
    private readonly LlamaContext _context;

    public LlamaSubject(string path, LlamaOptions options)
    {
        _model = LlamaModel.Load(path);
        _context = new LlamaContext(_model, options);
    }

    public void Forward(ReadOnlySpan<int> ids, int last, LogitsVisitor visitor) => _context.Forward(ids, last, visitor);

    public void Dispose()
    {
        _context.Dispose();
        _model.Dispose();
    }
}
