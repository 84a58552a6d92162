using NemotronSharp.LlamaCpp;

namespace NemotronSharp.Conformance.Tests;

/// <summary>Logits of the two engines side by side.</summary>
internal static class Peers
{
    /// <summary>Of the largest logit: what the order of float32 sums may change.</summary>
    public const double Float32Limit = 1e-5;

    // llama.cpp's threads wait for each other by spinning behind every operation: on models this small, and machines this busy, one is fastest.
    private const int Threads = 1;

    public static int[] Ids(int count, int vocabulary, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(vocabulary))];
    }

    /// <summary>Differences at every position.</summary>
    /// <param name="ours">File for this engine.</param>
    /// <param name="theirs">File for llama.cpp.</param>
    /// <param name="ids">Token ids.</param>
    /// <param name="single">How many of the last ids are given one by one.</param>
    public static LogitDifference Compare(string ours, string theirs, int[] ids, int single = 0)
    {
        using var engine = NemotronEngine.Load(ours, EngineOptions.Float32 with { Threads = Threads });
        using var state = engine.NewSequence();
        using var model = LlamaModel.Load(theirs);
        using var context = new LlamaContext(model, new LlamaOptions { Threads = Threads, ContextTokens = ids.Length });
        Assert.Equal(engine.Config.VocabSize, model.VocabularySize);

        var difference = new LogitDifference();
        var prompt = ids.Length - single;
        Compare(ids[..prompt]);
        for (var i = prompt; i < ids.Length; i++) Compare([ids[i]]);
        Assert.Equal(ids.Length, difference.Rows);
        return difference;

        void Compare(int[] some)
        {
            var reference = new List<float[]>();
            context.Forward(some, some.Length, (_, logits) => reference.Add(logits.ToArray()));
            engine.ForwardAll(state, some, (token, logits) => difference.Add(reference[token], logits));
        }
    }

    /// <summary>Logits [T][V] of this engine behind every id, each sequence from a fresh state; but for activations nothing is rounded.</summary>
    public static List<float[]> Logits(string file, ActivationPrecision activations, params int[][] sequences)
    {
        using var engine = NemotronEngine.Load(file, EngineOptions.Float32 with { Activations = activations, Threads = Threads });
        var rows = new List<float[]>();
        foreach (var ids in sequences)
        {
            using var state = engine.NewSequence();
            engine.ForwardAll(state, ids, (_, logits) => rows.Add(logits.ToArray()));
        }
        return rows;
    }

    /// <summary>The same of llama.cpp.</summary>
    public static List<float[]> LlamaLogits(string file, params int[][] sequences)
    {
        using var model = LlamaModel.Load(file);
        using var context = new LlamaContext(model, new LlamaOptions { Threads = Threads, ContextTokens = sequences.Max(ids => ids.Length) });
        var rows = new List<float[]>();
        foreach (var ids in sequences)
        {
            context.Clear();
            context.Forward(ids, ids.Length, (_, logits) => rows.Add(logits.ToArray()));
        }
        return rows;
    }

    /// <summary>How far logits are from others.</summary>
    public static LogitDifference Difference(List<float[]> reference, List<float[]> logits)
    {
        var difference = new LogitDifference();
        for (var t = 0; t < reference.Count; t++) difference.Add(reference[t], logits[t]);
        return difference;
    }

    /// <summary>llama.cpp in a process of its own, which it may end.</summary>
    public static EngineOutcome RunAlone(string file, int[] ids) =>
        EngineProcess.Run(llama: true, new MeasurementPlan(file, ids, Rows: 1, Tokens: 1, Threads, ActivationPrecision.Float32, LlamaDefaults: false), file + ".logits");
}
