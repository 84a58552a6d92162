using System.Runtime.InteropServices;
using NemotronSharp.LlamaCpp.Native;

namespace NemotronSharp.LlamaCpp;

/// <summary>How llama.cpp computes.</summary>
internal sealed record LlamaOptions
{
    /// <summary>Threads for prompts and single tokens alike.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Room for tokens, prompt and answer together.</summary>
    public int ContextTokens { get; init; } = 1024;

    /// <summary>
    /// Keys and values in float32 and attention without the fused kernel, so that what remains to be seen is the model's arithmetic. Otherwise llama.cpp's own
    /// choices: a half-precision cache, and the fused kernel where it has one.
    /// </summary>
    public bool ExactAttention { get; init; } = true;

    /// <summary>Threads that last, as llama-bench has them; otherwise llama.cpp starts its threads anew for every step.</summary>
    public bool LastingThreads { get; init; }
}

/// <summary>A sequence's state as llama.cpp writes it.</summary>
internal sealed record LlamaState(byte[] Bytes, int Position);

/// <summary>One sequence in llama.cpp: ids in, logits out. Owned by one thread; disposed before its model.</summary>
internal sealed unsafe class LlamaContext : IDisposable
{
    // Also the number of tokens that llama.cpp computes at once, its own default.
    private const int StepTokens = 512;
    private const int F32 = 0, FlashAttentionOff = 0;

    private readonly LlamaModel _model;
    private readonly LlamaThreadPool? _threads;
    private nint _context;
    private int* _tokens, _positions, _sequenceCounts, _sequence;
    private int** _sequences;
    private byte* _wantLogits;

    /// <exception cref="InvalidDataException">llama.cpp cannot run the model; the message is its own.</exception>
    public LlamaContext(LlamaModel model, LlamaOptions? options = null)
    {
        _model = model;
        options ??= new LlamaOptions();
        LlamaLog.Clear();
        var parameters = LlamaApi.llama_context_default_params();
        parameters.Context = (uint)options.ContextTokens;
        parameters.BatchTokens = parameters.StepTokens = StepTokens;
        parameters.MaxOutputsPerSequence = 0;
        parameters.Threads = parameters.BatchThreads = options.Threads;
        if (options.ExactAttention) (parameters.KeyType, parameters.ValueType, parameters.FlashAttention) = (F32, F32, FlashAttentionOff);
        _context = LlamaApi.llama_init_from_model(model.Handle, parameters);
        if (_context == 0) throw new InvalidDataException($"{model.Path}: llama.cpp cannot run the model: {LlamaLog.Errors}");

        if (options.LastingThreads)
        {
            _threads = new LlamaThreadPool(options.Threads);
            LlamaApi.llama_attach_threadpool(_context, _threads.Handle, _threads.Handle);
        }

        _tokens = Take<int>(StepTokens);
        _positions = Take<int>(StepTokens);
        _sequenceCounts = Take<int>(StepTokens);
        _wantLogits = Take<byte>(StepTokens);
        _sequence = Take<int>(1);
        _sequences = (int**)Take<nint>(StepTokens);
        for (var i = 0; i < StepTokens; i++)
        {
            _sequenceCounts[i] = 1;
            _sequences[i] = _sequence;
        }
    }

    /// <summary>Tokens that the sequence has seen.</summary>
    public int Position { get; private set; }

    /// <summary>Moves the sequence by ids [T ≥ 1] and shows the logits [V] behind each of the last ones.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="last">Of how many tokens, counted from the end, the logits are wanted.</param>
    /// <param name="visitor">Is shown the logits, in order.</param>
    /// <exception cref="InvalidOperationException">llama.cpp fails, or the sequence outgrows its context.</exception>
    public void Forward(ReadOnlySpan<int> ids, int last, LogitsVisitor visitor)
    {
        for (var start = 0; start < ids.Length; start += StepTokens)
        {
            var count = Math.Min(StepTokens, ids.Length - start);
            for (var i = 0; i < count; i++) (_tokens[i], _positions[i], _wantLogits[i]) = (ids[start + i], Position + i, (byte)(start + i >= ids.Length - last ? 1 : 0));
            LlamaLog.Clear();
            var status = LlamaApi.llama_decode(_context, new Batch { Count = count, Tokens = _tokens, Positions = _positions, SequenceCounts = _sequenceCounts, Sequences = _sequences, WantLogits = _wantLogits });
            if (status != 0) throw new InvalidOperationException($"{_model.Path}: llama.cpp fails with {status} at token {Position}: {LlamaLog.Errors}");
            Position += count;
            for (var i = 0; i < count; i++)
                if (_wantLogits[i] != 0) visitor(start + i, new ReadOnlySpan<float>(LlamaApi.llama_get_logits_ith(_context, i), _model.VocabularySize));
        }
    }

    /// <summary>Forgets the sequence.</summary>
    public void Clear()
    {
        LlamaApi.llama_memory_clear(LlamaApi.llama_get_memory(_context), data: true);
        Position = 0;
    }

    /// <summary>A copy of the sequence's state, to go back to.</summary>
    public LlamaState Save()
    {
        var bytes = new byte[LlamaApi.llama_state_seq_get_size(_context, 0)];
        fixed (byte* target = bytes)
        {
            var written = LlamaApi.llama_state_seq_get_data(_context, target, (nuint)bytes.Length, 0);
            return (int)written == bytes.Length ? new LlamaState(bytes, Position) : throw new InvalidOperationException($"{_model.Path}: llama.cpp saved {written} bytes of a state, expected {bytes.Length}");
        }
    }

    /// <summary>Goes back, or on, to a state saved before.</summary>
    public void Restore(LlamaState state)
    {
        Clear();
        if (state.Position == 0) return;
        fixed (byte* source = state.Bytes)
        {
            var read = LlamaApi.llama_state_seq_set_data(_context, source, (nuint)state.Bytes.Length, 0);
            if ((int)read != state.Bytes.Length) throw new InvalidOperationException($"{_model.Path}: llama.cpp restored {read} bytes of a state, expected {state.Bytes.Length}: {LlamaLog.Errors}");
        }
        Position = state.Position;
    }

    /// <summary>Frees the sequence.</summary>
    public void Dispose()
    {
        if (_context == 0) return;
        LlamaApi.llama_free(_context);
        _context = 0;
        _threads?.Dispose();
        foreach (var memory in (ReadOnlySpan<nint>)[(nint)_tokens, (nint)_positions, (nint)_sequenceCounts, (nint)_wantLogits, (nint)_sequence, (nint)_sequences]) NativeMemory.Free((void*)memory);
    }

    private static T* Take<T>(int count) where T : unmanaged => (T*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(T));
}
