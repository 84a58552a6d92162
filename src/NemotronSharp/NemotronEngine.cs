using NemotronSharp.Checkpoints;
using NemotronSharp.Generation;
using NemotronSharp.Kernels;
using NemotronSharp.Model;
using NemotronSharp.Numerics;
using NemotronSharp.State;

namespace NemotronSharp;

/// <summary>Receives the logits [V] behind one token of a forward pass; the span is valid during the call.</summary>
/// <param name="token">Index of the token in the ids given.</param>
/// <param name="logits">Logits [V] for the token after it.</param>
public delegate void LogitsVisitor(int token, ReadOnlySpan<float> logits);

/// <summary>
/// Token ids in, logits and token ids out. Knows nothing of text. The same tokens give the same logits, bit for bit,
/// however they are split into calls and whatever the thread count (with <see cref="ScanForm.Recurrent"/>).
/// Owns the mapped weights, its threads and scratch memory; calls from several threads take turns.
/// </summary>
public sealed unsafe partial class NemotronEngine : IDisposable
{
    // A large vocabulary times a long step would be gigabytes.
    private const int LogitsAtOnce = 16;

    private readonly Checkpoint _checkpoint;
    private readonly Weights _weights;
    private readonly HybridModel _model;
    private readonly KernelContext _kernels;
    private readonly EngineOptions _options;
    private readonly Step _step, _headStep;
    private readonly Lock _gate = new();
    private long _steps;

    private NemotronEngine(Checkpoint checkpoint, EngineOptions options)
    {
        _checkpoint = checkpoint;
        _options = options;
        _weights = new Weights(checkpoint.Tensors, checkpoint.Path);
        try
        {
            _model = new HybridModel(checkpoint.Config, _weights, options.Scan);
            _kernels = new KernelContext(options.Threads, options.Activations) { Assembled = !options.PortableKernels };
            (_step, _headStep) = (new Step(_kernels), new Step(_kernels));
        }
        catch
        {
            _weights.Dispose();
            throw;
        }
    }

    /// <summary>The model's shape.</summary>
    public NemotronConfig Config => _checkpoint.Config;

    /// <summary>What it runs; mapped as long as the engine lives.</summary>
    internal Checkpoint Checkpoint => _checkpoint;

    internal int StepTokens => _options.StepTokens;

    /// <summary>What the last generation learnt of drafting; the next one goes on from it.</summary>
    internal DraftLength? DraftLength { get; set; }

    /// <summary>Whether the checkpoint has a multi-token-prediction head.</summary>
    public bool HasMtp => _model.Mtp is not null;

    /// <summary>Opens a Hugging Face folder or a GGUF file. Weights are mapped, not read: this takes milliseconds.</summary>
    /// <exception cref="DirectoryNotFoundException">There is neither.</exception>
    /// <exception cref="InvalidDataException">A file, field or tensor is missing or malformed; the message names it.</exception>
    public static NemotronEngine Load(string path, EngineOptions? options = null)
    {
        options ??= new EngineOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.StepTokens, 1);
        if (!Enum.IsDefined(options.KeyValues)) throw new ArgumentOutOfRangeException(nameof(options), $"found the key/value precision {options.KeyValues}, expected {string.Join(", ", Enum.GetNames<KeyValuePrecision>())}");
        if (!Enum.IsDefined(options.Activations)) throw new ArgumentOutOfRangeException(nameof(options), $"found the activation precision {options.Activations}, expected {string.Join(", ", Enum.GetNames<ActivationPrecision>())}");
        var checkpoint = Checkpoints.Checkpoint.Open(path);
        try
        {
            return new NemotronEngine(checkpoint, options);
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>The state of a sequence that has seen nothing yet. The caller disposes it.</summary>
    public SequenceState NewSequence() => new(Config, _options.KeyValues);

    /// <summary>Moves a state by ids [T ≥ 1] and gives the logits [V] behind the last one.</summary>
    /// <param name="state">A state of this engine.</param>
    /// <param name="ids">Token ids [T], each 0 to V − 1.</param>
    /// <param name="logits">Room for V logits.</param>
    /// <param name="keep">How many of the tokens, the last ones, <see cref="SequenceState.Rewind"/> can take back afterwards: at most T and <see cref="EngineOptions.StepTokens"/>. Costs memory and one copy of the Mamba states.</param>
    /// <exception cref="ArgumentException">No ids, an id outside the vocabulary, a wrong length of <paramref name="logits"/>, a number out of its range or a state of another engine; the state has not moved.</exception>
    public void Forward(SequenceState state, ReadOnlySpan<int> ids, Span<float> logits, int keep = 0)
    {
        if (logits.Length != Config.VocabSize) throw new ArgumentException($"found room for {logits.Length} logits, expected {Config.VocabSize}", nameof(logits));
        Check(state, ids, keep);
        fixed (float* target = logits)
        {
            lock (_gate)
            {
                for (int start = 0, count; start < ids.Length; start += count)
                {
                    using var frame = _kernels.Scratch.Enter();
                    count = PassLength(ids.Length - start, keep);
                    var hidden = Pass(state, ids.Slice(start, count), keep);
                    if (start + count == ids.Length) _model.Logits(hidden.Slice(count - 1, 1), new Rows(target, 1, Config.VocabSize), _kernels);
                }
            }
        }
    }

    /// <summary>Moves a state by ids [T ≥ 1] and shows the logits behind every one of them, in order.</summary>
    /// <param name="state">A state of this engine.</param>
    /// <param name="ids">Token ids [T], each 0 to V − 1.</param>
    /// <param name="visitor">Is shown the logits.</param>
    /// <param name="keep">As in <see cref="Forward(SequenceState, ReadOnlySpan{int}, Span{float}, int)"/>.</param>
    /// <exception cref="ArgumentException">No ids, an id outside the vocabulary, a number out of its range or a state of another engine; the state has not moved.</exception>
    public void ForwardAll(SequenceState state, ReadOnlySpan<int> ids, LogitsVisitor visitor, int keep = 0)
    {
        Check(state, ids, keep);
        lock (_gate)
        {
            for (int start = 0, count; start < ids.Length; start += count)
            {
                using var frame = _kernels.Scratch.Enter();
                count = PassLength(ids.Length - start, keep);
                var hidden = Pass(state, ids.Slice(start, count), keep);
                for (var t = 0; t < count; t += LogitsAtOnce)
                {
                    using var inner = _kernels.Scratch.Enter();
                    var some = hidden.Slice(t, Math.Min(LogitsAtOnce, count - t));
                    var logits = _kernels.Scratch.Take(some.Count, Config.VocabSize);
                    _model.Logits(some, logits, _kernels);
                    for (var i = 0; i < some.Count; i++) visitor(start + t + i, logits[i]);
                }
            }
        }
    }

    /// <summary>
    /// Moves several states together, each by its own ids: weights are read once for all of them. The bits are those of moving each state alone. More ids than
    /// <see cref="EngineOptions.StepTokens"/> in all are moved in several passes, in the order of the inputs.
    /// </summary>
    /// <exception cref="ArgumentException">No ids, an id outside the vocabulary, a wrong length of logits, a state that comes twice or is another engine's; no state has moved.</exception>
    public void Forward(ReadOnlySpan<SequenceInput> inputs)
    {
        lock (_gate)
        {
            Check(inputs);
            for (int input = 0, at = 0; input < inputs.Length;) Pass(inputs, ref input, ref at);
        }
    }

    /// <summary>
    /// Continues a prompt: moves the state by it, then yields tokens one by one, the stop id included.
    /// At every yield the state has seen every yielded token but the last.
    /// </summary>
    /// <exception cref="ArgumentException">An empty prompt, an id outside the vocabulary, an option out of range, or a state of another engine.</exception>
    /// <exception cref="OperationCanceledException">While enumerating: cancelled between two steps.</exception>
    public GeneratedTokens Generate(SequenceState state, IReadOnlyList<int> prompt, GenerationOptions options, CancellationToken cancellation = default)
    {
        options.Validate();
        int[] ids = [.. prompt];
        Check(state, ids, keep: 0);
        return new GeneratedTokens(this, state, ids, options, cancellation);
    }

    /// <summary>Frees weights, threads and scratch memory; states stay the caller's.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _kernels.Dispose();
            _weights.Dispose();
            _checkpoint.Dispose();
        }
    }

    // Normalised hidden states [T, H] of one pass of one sequence, in scratch memory.
    private Rows Pass(SequenceState state, ReadOnlySpan<int> ids, int keep)
    {
        var kept = Math.Min(keep, ids.Length);
        state.ReserveKept(kept);
        var hidden = _kernels.Scratch.Take(ids.Length, Config.HiddenSize);
        _model.Forward(ids, _step.Of(new Segment(state, 0, ids.Length) { Kept = kept }), hidden);
        _step.Clear();
        return hidden;
    }

    // As many ids as a step holds, those of one input behind those of the one before; input and at say where the next pass goes on.
    private void Pass(ReadOnlySpan<SequenceInput> inputs, ref int input, ref int at)
    {
        using var frame = _kernels.Scratch.Enter();
        var ids = (int*)_kernels.Scratch.TakeBytes((long)_options.StepTokens * sizeof(int));
        var lastRows = (int*)_kernels.Scratch.TakeBytes((long)_options.StepTokens * sizeof(int));
        var (first, total) = (input, 0);
        for (; input < inputs.Length && total < _options.StepTokens;)
        {
            var rest = inputs[input].Ids.Span[at..];
            var count = Math.Min(rest.Length, _options.StepTokens - total);
            rest[..count].CopyTo(new Span<int>(ids + total, count));
            _step.Add(new Segment(inputs[input].State, total, count));
            total += count;
            at += count;
            if (count < rest.Length) break;
            lastRows[input++ - first] = total - 1;
            at = 0;
        }

        var hidden = _kernels.Scratch.Take(total, Config.HiddenSize);
        _model.Forward(new ReadOnlySpan<int>(ids, total), _step, hidden);
        _step.Clear();
        Logits(inputs[first..input], hidden, lastRows);
    }

    private void Logits(ReadOnlySpan<SequenceInput> inputs, Rows hidden, int* lastRows)
    {
        // Inputs whose logits nobody asks for fall out.
        var wanted = 0;
        for (var i = 0; i < inputs.Length; i++)
            if (!inputs[i].Logits.IsEmpty) lastRows[wanted++] = lastRows[i];

        for (int done = 0, next = 0; done < wanted; done += LogitsAtOnce)
        {
            using var frame = _kernels.Scratch.Enter();
            var logits = _kernels.Scratch.Take(Math.Min(LogitsAtOnce, wanted - done), Config.VocabSize);
            _model.Logits(hidden, lastRows + done, logits, _kernels);
            for (var row = 0; row < logits.Count; next++)
                if (!inputs[next].Logits.IsEmpty) logits[row++].CopyTo(inputs[next].Logits.Span);
        }
    }

    // Tokens of the next pass: those to be kept must lie in one, the last.
    private int PassLength(int remaining, int keep) => remaining <= _options.StepTokens ? remaining : Math.Min(_options.StepTokens, remaining - keep);

    private void Check(SequenceState state, ReadOnlySpan<int> ids, int keep)
    {
        CheckState(state);
        CheckIds(ids);
        var most = Math.Min(ids.Length, _options.StepTokens);
        if (keep < 0 || keep > most) throw new ArgumentOutOfRangeException(nameof(keep), $"found {keep} of {ids.Length} tokens to keep, expected 0 to {most}");
    }

    private void Check(ReadOnlySpan<SequenceInput> inputs)
    {
        var step = ++_steps;
        for (var i = 0; i < inputs.Length; i++)
        {
            ref readonly var input = ref inputs[i];
            CheckState(input.State);
            CheckIds(input.Ids.Span, i);
            if (!input.Logits.IsEmpty && input.Logits.Length != Config.VocabSize) throw new ArgumentException($"input {i}: found room for {input.Logits.Length} logits, expected {Config.VocabSize} or none", nameof(inputs));
            if (input.State.StepNumber == step) throw new ArgumentException($"input {i}: found the state of an input before it, expected each state once", nameof(inputs));
            input.State.StepNumber = step;
        }
    }

    private void CheckState(SequenceState state)
    {
        ObjectDisposedException.ThrowIf(state.IsDisposed, state);
        if (!ReferenceEquals(state.Config, Config)) throw new ArgumentException("found a state of another engine, expected one that this engine's NewSequence gave", nameof(state));
    }

    private void CheckIds(ReadOnlySpan<int> ids, int input = -1)
    {
        if (ids.IsEmpty) throw Wrong("found no token ids, expected at least one");
        for (var t = 0; t < ids.Length; t++)
            if ((uint)ids[t] >= (uint)Config.VocabSize) throw Wrong($"token {t}: found id {ids[t]}, expected 0 to {Config.VocabSize - 1}");

        ArgumentException Wrong(string what) => input < 0 ? new(what, nameof(ids)) : new($"input {input}: {what}", nameof(ids));
    }
}
