using NemotronSharp.Generation;
using NemotronSharp.LlamaCpp;

namespace NemotronSharp.Conformance.Tests;

/// <summary>Perplexity from llama.cpp's logits, by the rule of its own tool: the second half of each chunk.</summary>
public sealed class PerplexityTests : IDisposable
{
    private const int Context = 128, Chunks = 6;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_the_one_of_llama_cpp_s_logits()
    {
        var path = _folder.File("pico.gguf");
        GgufModels.Convert(RepoPaths.InRepo("models", "pico"), path);
        using var ours = ChatModel.Load(path, EngineOptions.Float32 with { Threads = 1 });
        int[] ids = [.. ours.Tokenizer.Encode(File.ReadAllText(RepoPaths.InRepo("README.md"))).Take(Context * Chunks)];
        Assert.Equal(Context * Chunks, ids.Length);

        var (nats, scored) = (0.0, 0);
        using var theirs = LlamaModel.Load(path);
        using var context = new LlamaContext(theirs, new LlamaOptions { Threads = 1, ContextTokens = Context });
        foreach (var chunk in ids.Chunk(Context))
        {
            context.Clear();
            context.Forward(chunk, Context, (t, logits) =>
            {
                if (t < Context / 2 || t == Context - 1) return;
                var sum = 0.0;
                foreach (var logit in logits) sum += Math.Exp(logit - logits[chunk[t + 1]]);
                nats += Math.Log(sum);
                scored++;
            });
        }
        Assert.Equal(Chunks * (Context / 2 - 1), scored);
        var found = Perplexity.Measure(ours.Engine, ids, Context, TestContext.Current.CancellationToken).Aggregate(default(Perplexity), (sum, chunk) => sum + chunk.Perplexity);
        Assert.Equal(scored, found.Tokens);
        Assert.InRange(found.Value / Math.Exp(nats / scored), 1 - 1e-5, 1 + 1e-5);
    }
}
