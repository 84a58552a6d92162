using NemotronSharp.Training.Model;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Tests.Model;

/// <summary>Documents packed into one row must not feel each other.</summary>
public class PackingTests
{
    [Theory]
    [InlineData("M", 0)]
    [InlineData("*", 0)]
    [InlineData("E", 0)]
    [InlineData("M*E-ME", 1)]
    [InlineData("M*E-ME", 2)]
    public void Documents_in_one_row_lose_exactly_what_they_lose_alone(string pattern, int mtpDepth)
    {
        var config = TinyModel.Config(pattern, mtpDepth);
        using var model = TinyModel.Create(config);
        int[] first = TinyModel.Ids(11, 1), second = TinyModel.Ids(18, 2), padding = new int[3];
        var documents = Enumerable.Repeat(0, 11).Concat(Enumerable.Repeat(1, 18)).Concat(Enumerable.Repeat(2, 3)).ToArray();
        byte[] learned = [.. documents.Select(d => (byte)(d < 2 ? 1 : 0))];

        var packed = Losses(model, TinyModel.Batch(config, 1, [.. first, .. second, .. padding], documents, learned));
        var apart = Alone(model, config, first).Zip(Alone(model, config, second), (a, b) => a + b).ToArray();

        Assert.Equal(mtpDepth + 1, packed.Length);
        for (var depth = 0; depth <= mtpDepth; depth++) Assert.Equal(apart[depth], packed[depth], 1e-3);
    }

    [Fact]
    public void Gradients_of_packed_documents_are_the_sum_of_those_alone()
    {
        var config = TinyModel.Config();
        int[] first = TinyModel.Ids(16, 1), second = TinyModel.Ids(16, 2);
        var packed = Gradients(config, TinyModel.Batch(config, 1, [.. first, .. second], [.. Enumerable.Range(0, 32).Select(i => i / 16)]));
        var rows = Gradients(config, TinyModel.Batch(config, 2, [.. first, .. second], new int[32]));

        foreach (var (name, expected) in rows)
            for (var i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - packed[name][i]) < 2e-3 * (1 + Math.Abs(expected[i])), $"{name}[{i}]: {expected[i]} apart, {packed[name][i]} packed");
    }

    [Fact]
    public void Only_learned_tokens_count()
    {
        var config = TinyModel.Config();
        using var model = TinyModel.Create(config);
        var ids = TinyModel.Ids(16, 4);
        double Sum(Func<int, bool> learned) => Losses(model, TinyModel.Batch(config, 1, ids, new int[16], [.. ids.Select((_, t) => (byte)(learned(t) ? 1 : 0))]))[0];

        Assert.Equal(Sum(_ => true), Sum(t => t < 7) + Sum(t => t >= 7), 1e-3);
        Assert.Equal(0, Sum(t => t == 0), 1e-6); // nothing predicts a document's first token
    }

    private static Dictionary<string, float[]> Gradients(NemotronConfig config, PackedBatch batch)
    {
        using var model = TinyModel.Create(config);
        using (batch)
        {
            using var scope = NewDisposeScope();
            var losses = model.Losses(batch, new ForwardPass(ScalarType.Float32));
            losses.Aggregate((a, b) => a + b).backward();
            return model.Parameters.All.Where(p => p.Learned).ToDictionary(p => p.Name, p => p.Tensor.grad!.flatten().data<float>().ToArray());
        }
    }

    // Padded to whole chunks with a document that is not learned.
    private static double[] Alone(HybridLanguageModel model, NemotronConfig config, int[] ids)
    {
        var length = (ids.Length + config.ChunkSize - 1) / config.ChunkSize * config.ChunkSize;
        var padded = ids.Concat(new int[length - ids.Length]).ToArray();
        var pad = padded.Select((_, t) => t < ids.Length ? 0 : 1).ToArray();
        return Losses(model, TinyModel.Batch(config, 1, padded, pad, [.. pad.Select(d => (byte)(1 - d))]));
    }

    private static double[] Losses(HybridLanguageModel model, PackedBatch batch)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using (batch) return [.. model.Losses(batch, new ForwardPass(ScalarType.Float32)).Select(l => (double)l.item<float>())];
    }
}
