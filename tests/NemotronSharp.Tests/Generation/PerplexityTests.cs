using NemotronSharp.Checkpoints;
using NemotronSharp.Generation;
using NemotronSharp.Numerics;

namespace NemotronSharp.Tests.Generation;

/// <summary>Perplexity against an independent computation from all logits.</summary>
public sealed class PerplexityTests : IDisposable
{
    private const int Vocabulary = 101;
    private readonly TempFolder _folder = new();
    private readonly int[] _ids;

    public PerplexityTests()
    {
        TinyModels.Write(_folder.Path, TinyModels.Config(), seed: 21);
        var random = new Random(22);
        _ids = [.. Enumerable.Range(0, 200).Select(_ => random.Next(Vocabulary))];
    }

    public void Dispose() => _folder.Dispose();

    // Written from the definition: each chunk alone, probabilities by plain division in float64, the spread in two passes.
    [Theory]
    [InlineData(3, 66, 1)]
    [InlineData(16, 12, 7)]
    [InlineData(65, 3, 32)]
    [InlineData(200, 1, 99)]
    public void Value_and_error_are_those_of_the_definition(int context, int chunks, int scoredEach)
    {
        using var engine = NemotronEngine.Load(_folder.Path);
        var surprises = new List<double>();
        var scored = new List<int>();
        for (var chunk = 0; chunk < chunks; chunk++)
        {
            var ids = _ids[(chunk * context)..((chunk + 1) * context)];
            using var state = engine.NewSequence();
            engine.ForwardAll(state, ids, (t, logits) =>
            {
                if (t < context / 2 || t == context - 1) return;
                var weights = logits.ToArray().Select(l => Math.Pow(Math.E, l)).ToArray();
                surprises.Add(-Math.Log(weights[ids[t + 1]] / weights.Sum()));
                scored.Add(ids[t + 1]);
            });
        }
        Assert.Equal(chunks * scoredEach, surprises.Count);
        var mean = surprises.Average();
        var variance = surprises.Sum(s => (s - mean) * (s - mean)) / surprises.Count;

        var found = Measure(engine, context).ToList();
        Assert.Equal(chunks, found.Count);
        Assert.Equal(scored, found.SelectMany(c => c.Scored));
        var total = Total(found);
        Assert.Equal(surprises.Count, total.Tokens);
        Assert.Equal(Math.Exp(mean), total.Value, 1e-9 * Math.Exp(mean));
        Assert.Equal(Math.Exp(mean) * Math.Sqrt(variance / (surprises.Count - 1)), total.StandardError, surprises.Count == 1 ? 0 : 1e-7 * total.StandardError);
    }

    [Fact]
    public void A_model_that_knows_nothing_has_the_vocabulary_s_size()
    {
        var tensors = TinyModels.Tensors(TinyModels.Config(), seed: 1).Select(t => t.Name == "lm_head.weight" ? TensorContent.FromSingles(t.Name, TensorType.F32, t.Shape, new float[t.ByteLength / 4]) : t);
        HuggingFaceFolder.Write(_folder.Path, TinyModels.Config(), [.. tensors]);
        using var engine = NemotronEngine.Load(_folder.Path);
        var total = Total(Measure(engine, 50));
        Assert.Equal(Vocabulary, total.Value, 1e-9);
        Assert.Equal(0, total.StandardError, 1e-5);
    }

    [Fact]
    public void Threads_and_step_size_change_no_bit()
    {
        Perplexity Run(int threads, int step)
        {
            using var engine = NemotronEngine.Load(_folder.Path, new EngineOptions { Threads = threads, StepTokens = step });
            return Total(Measure(engine, 48));
        }
        var expected = Run(1, 512);
        foreach (var (threads, step) in new[] { (2, 512), (5, 7), (1, 1) }) Assert.Equal(expected, Run(threads, step));
    }

    [Fact]
    public void What_cannot_be_measured_is_said()
    {
        using (var engine = NemotronEngine.Load(_folder.Path))
        {
            Assert.Contains("found 200 token ids, expected at least the 512", Assert.Throws<ArgumentException>(() => Measure(engine, Perplexity.DefaultContext)).Message);
            Assert.Throws<ArgumentOutOfRangeException>(() => Measure(engine, 2));
            using var cancelled = new CancellationTokenSource();
            using var chunks = Perplexity.Measure(engine, _ids, 20, cancelled.Token).GetEnumerator();
            Assert.True(chunks.MoveNext());
            cancelled.Cancel();
            Assert.Throws<OperationCanceledException>(() => chunks.MoveNext());
        }
        var tensors = TinyModels.Tensors(TinyModels.Config(), seed: 1);
        HuggingFaceFolder.Write(_folder.Path, TinyModels.Config(), [.. tensors.Select(t => t.Name == "backbone.norm_f.weight" ? TensorContent.FromSingles(t.Name, TensorType.F32, t.Shape, Enumerable.Repeat(float.NaN, 40).ToArray()) : t)]);
        using var broken = NemotronEngine.Load(_folder.Path);
        Assert.Contains("token 11: found a negative log likelihood of NaN", Assert.Throws<InvalidDataException>(() => Total(Measure(broken, 20))).Message);
    }

    [Fact]
    public void Logits_of_any_size_have_a_likelihood()
    {
        Assert.Equal(0, NegativeLogLikelihood.Nats([1e30f, -1e30f], 0));
        Assert.Equal(2e30, NegativeLogLikelihood.Nats([1e30f, -1e30f], 1), 1e24);
        Assert.Equal(Math.Log(3), NegativeLogLikelihood.Nats([-300f, -300f, -300f], 2), 1e-12);
        Assert.Equal(double.PositiveInfinity, NegativeLogLikelihood.Nats([0f, float.NegativeInfinity], 1));
        Assert.Equal(double.NaN, NegativeLogLikelihood.Nats([0f, float.NaN], 0));
    }

    private IEnumerable<PerplexityChunk> Measure(NemotronEngine engine, int context) => Perplexity.Measure(engine, _ids, context, TestContext.Current.CancellationToken);

    private static Perplexity Total(IEnumerable<PerplexityChunk> chunks) => chunks.Aggregate(default(Perplexity), (sum, chunk) => sum + chunk.Perplexity);
}
