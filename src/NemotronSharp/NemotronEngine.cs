using System.Buffers;
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

/// <summary>Receives what the MTP head drafts behind one token; the span is valid during the call.</summary>
/// <param name="token">Index of the token in the ids given; the one after it is known.</param>
/// <param name="drafts">Drafted ids of the tokens after that one, in order.</param>
public delegate void DraftVisitor(int token, ReadOnlySpan<int> drafts);

/// <summary>
/// Token ids in, logits and token ids out. Knows nothing of text. The same tokens give the same logits, bit for bit,
/// however they are split into calls and whatever the thread count (with <see cref="ScanForm.Recurrent"/>).
/// Owns the mapped weights, its threads and scratch memory; calls from several threads take turns.
/// </summary>
public sealed unsafe class NemotronEngine : IDisposable
{
    private readonly Checkpoint _checkpoint;
    private readonly Weights _weights;
    private readonly HybridModel _model;
    private readonly KernelContext _kernels;
    private readonly EngineOptions _options;
    private readonly Lock _gate = new();

    private NemotronEngine(Checkpoint checkpoint, EngineOptions options)
    {
        _checkpoint = checkpoint;
        _options = options;
        _weights = new Weights(checkpoint.Tensors, checkpoint.Path);
        try
        {
            _model = new HybridModel(checkpoint.Config, _weights, options.Scan);
            _kernels = new KernelContext(options.Threads, options.Activations) { Assembled = !options.PortableKernels };
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
    public SequenceState NewSequence() => new(Config);

    /// <summary>Moves a state by ids [T ≥ 1] and gives the logits [V] behind the last one.</summary>
    /// <exception cref="ArgumentException">No ids, an id outside the vocabulary, or a wrong length of <paramref name="logits"/>; the state has not moved.</exception>
    public void Forward(SequenceState state, ReadOnlySpan<int> ids, Span<float> logits)
    {
        if (logits.Length != Config.VocabSize) throw new ArgumentException($"found room for {logits.Length} logits, expected {Config.VocabSize}", nameof(logits));
        fixed (float* target = logits)
        {
            var row = new Rows(target, 1, Config.VocabSize);
            Advance(state, ids, (start, hidden, total) =>
            {
                if (start + hidden.Count == total) _model.Logits(hidden.Slice(hidden.Count - 1, 1), row, _kernels);
            });
        }
    }

    /// <summary>Moves a state by ids [T ≥ 1] and shows the logits behind every one of them, in order.</summary>
    /// <exception cref="ArgumentException">No ids, or an id outside the vocabulary; the state has not moved.</exception>
    public void ForwardAll(SequenceState state, ReadOnlySpan<int> ids, LogitsVisitor visitor)
    {
        Advance(state, ids, (start, hidden, _) =>
        {
            // A few rows at a time: a large vocabulary times a long step would be gigabytes.
            const int AtOnce = 16;
            for (var t = 0; t < hidden.Count; t += AtOnce)
            {
                using var frame = _kernels.Scratch.Enter();
                var some = hidden.Slice(t, Math.Min(AtOnce, hidden.Count - t));
                var logits = _kernels.Scratch.Take(some.Count, Config.VocabSize);
                _model.Logits(some, logits, _kernels);
                for (var i = 0; i < some.Count; i++) visitor(start + t + i, logits[i]);
            }
        });
    }

    /// <summary>
    /// Moves a fresh state by ids [T ≥ 2] and shows, for every token but the last, the MTP head's draft logits for the token after the next.
    /// </summary>
    /// <exception cref="InvalidOperationException">The checkpoint has no MTP head.</exception>
    /// <exception cref="ArgumentException">Fewer than two ids, an id outside the vocabulary, or a state that has moved.</exception>
    public void ForwardMtp(SequenceState state, ReadOnlySpan<int> ids, LogitsVisitor visitor)
    {
        var head = MtpHeadFor(state, ids);
        var all = ids.ToArray();
        Advance(state, ids, (start, hidden, total) =>
        {
            var count = Math.Min(hidden.Count, total - 1 - start);
            if (count == 0) return;
            using var frame = _kernels.Scratch.Enter();
            var next = _kernels.Scratch.Take(count, Config.HiddenSize);
            var drafted = _kernels.Scratch.Take(count, Config.HiddenSize);
            var logits = _kernels.Scratch.Take(1, Config.VocabSize);
            _model.Embed(all.AsSpan(start + 1, count), next);
            head.Forward(hidden.Slice(0, count), next, new Step([new Segment(state, 0, count)], _kernels), drafted);
            for (var t = 0; t < count; t++)
            {
                _model.Logits(drafted.Slice(t, 1), logits, _kernels);
                visitor(start + t, logits[0]);
            }
        });
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
    /// <exception cref="ArgumentException">Fewer than two ids, an id outside the vocabulary, a state that has moved, or a number out of its range.</exception>
    public void DraftMtp(SequenceState state, ReadOnlySpan<int> ids, int first, int depth, DraftVisitor visitor)
    {
        var head = MtpHeadFor(state, ids);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, ids.Length - 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        var all = ids.ToArray();
        var drafts = new int[depth];
        Advance(state, ids, (start, hidden, total) =>
        {
            var count = Math.Min(hidden.Count, total - 1 - start);
            var known = Math.Clamp(first - start, 0, count);
            using var frame = _kernels.Scratch.Enter();
            var next = _kernels.Scratch.Take(Math.Max(1, known), Config.HiddenSize);
            var drafted = _kernels.Scratch.Take(Math.Max(1, known), Config.HiddenSize);
            var logits = _kernels.Scratch.Take(1, Config.VocabSize);
            if (known > 0)
            {
                _model.Embed(all.AsSpan(start + 1, known), next);
                head.Forward(hidden.Slice(0, known), next, new Step([new Segment(state, 0, known)], _kernels), drafted);
            }
            var one = new Step([new Segment(state, 0, 1)], _kernels);
            (next, drafted) = (next.Slice(0, 1), drafted.Slice(0, 1));
            for (var t = known; t < count; t++)
            {
                var (from, token) = (hidden.Slice(t, 1), all[start + t + 1]);
                for (var d = 0; d < depth; d++)
                {
                    _model.Embed([token], next);
                    head.Forward(from, next, one, drafted);
                    _model.Logits(drafted, logits, _kernels);
                    (from, token) = (drafted, drafts[d] = Sampler.IndexOfMax(logits[0]));
                }

                // What followed from drafts is forgotten: the next token's keys and values take its place.
                state.MtpPosition = start + t + 1;
                visitor(start + t, drafts);
            }
        });
    }

    /// <summary>
    /// Continues a prompt: moves the state by it, then yields tokens one by one, the stop id included.
    /// The state has seen every yielded token but the last.
    /// </summary>
    /// <exception cref="ArgumentException">An empty prompt, an id outside the vocabulary, or an option out of range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    public IEnumerable<int> Generate(SequenceState state, IReadOnlyList<int> prompt, GenerationOptions options, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxTokens, 1);
        return Generate(state, [.. prompt], new Sampler(options.Sampling), options, cancellation);
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

    private MtpHead MtpHeadFor(SequenceState state, ReadOnlySpan<int> ids)
    {
        var head = _model.Mtp ?? throw new InvalidOperationException($"{_checkpoint.Path}: found no MTP head, expected tensors mtp.layers.*");
        if (ids.Length < 2 || state.Position != 0) throw new ArgumentException($"found {ids.Length} ids at position {state.Position}, expected at least 2 at position 0", nameof(ids));
        return head;
    }

    private IEnumerable<int> Generate(SequenceState state, int[] prompt, Sampler sampler, GenerationOptions options, CancellationToken cancellation)
    {
        var logits = ArrayPool<float>.Shared.Rent(Config.VocabSize);
        try
        {
            sampler.AcceptPrompt(prompt);
            var ids = prompt;
            for (var generated = 0; generated < options.MaxTokens; generated++)
            {
                // A long prompt is moved step by step, so that cancelling does not wait for all of it.
                for (var at = 0; at < ids.Length; at += _options.StepTokens)
                {
                    cancellation.ThrowIfCancellationRequested();
                    Forward(state, ids.AsSpan(at, Math.Min(_options.StepTokens, ids.Length - at)), logits.AsSpan(0, Config.VocabSize));
                }

                var id = sampler.Sample(logits.AsSpan(0, Config.VocabSize), state.Position);
                sampler.Accept(id);
                yield return id;
                if (options.StopIds.Contains(id)) yield break;
                ids = [id];
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(logits);
        }
    }

    private void Advance(SequenceState state, ReadOnlySpan<int> ids, Action<int, Rows, int> visit)
    {
        if (ids.IsEmpty) throw new ArgumentException("found no token ids, expected at least one", nameof(ids));
        for (var t = 0; t < ids.Length; t++)
            if ((uint)ids[t] >= (uint)Config.VocabSize) throw new ArgumentException($"token {t}: found id {ids[t]}, expected 0 to {Config.VocabSize - 1}", nameof(ids));
        lock (_gate)
        {
            for (var start = 0; start < ids.Length; start += _options.StepTokens)
            {
                using var frame = _kernels.Scratch.Enter();
                var count = Math.Min(_options.StepTokens, ids.Length - start);
                var hidden = _kernels.Scratch.Take(count, Config.HiddenSize);
                _model.Forward(ids.Slice(start, count), new Step([new Segment(state, 0, count)], _kernels), hidden);
                visit(start, hidden, ids.Length);
            }
        }
    }
}
