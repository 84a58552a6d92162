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
        using var engine = NemotronEngine.Load(ours, new EngineOptions { Threads = Threads });
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

    /// <summary>llama.cpp in a process of its own, which it may end.</summary>
    public static EngineOutcome RunAlone(string file, int[] ids) =>
        EngineProcess.Run(llama: true, new MeasurementPlan(file, ids, Rows: 1, Tokens: 1, Threads, LlamaDefaults: false), file + ".logits");
}
