using System.Text.Json.Nodes;
using NemotronSharp.Training.Data;
using NemotronSharp.Training.Model;
using NemotronSharp.Training.Pretraining;
using NemotronSharp.Training.Tests.Data;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Tests.Pretraining;

public sealed class DataSourceTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Joined_batches_hold_the_same_tokens_and_documents_and_lose_the_same()
    {
        Dataset("short.bin", 16, 40);
        Dataset("middle.bin", 32, 30);
        Dataset("long.bin", 128, 10, alone: true);
        var recipe = new Recipe
        {
            Model = new JsonObject(),
            Data = Path.GetDirectoryName(_folder.File("short.bin"))!,
            Phases = [new Phase(0, [new BlendPart("short.bin", 0.4), new BlendPart("middle.bin", 0.3), new BlendPart("long.bin", 0.3)])],
            Steps = 10,
            TokensPerStep = 512,
            TokensAtOnce = 32,
            PeakRate = 1e-3,
            MinimumRate = 0,
        };
        var config = TinyModel.Config();
        using var apart = new DataSource(recipe, config);
        using var joined = new DataSource(recipe, config, joined: true);
        using var model = TinyModel.Create(config);
        for (var step = 0; step < 3; step++)
        {
            var (few, many) = (joined.Batches(step), apart.Batches(step));
            Assert.InRange(few.Count, 1, 2);                                     // one of joined rows, one of rows too long for a micro-batch
            Assert.Equal(16, many.Count);
            Assert.Equal(16, few.Sum(b => b.MicroBatches));
            Assert.Equal(many.Sum(b => b.Ids.numel()), few.Sum(b => b.Ids.numel()));
            Assert.Equal(many.SelectMany(b => b.DocumentLengths).Order(), few.SelectMany(b => b.DocumentLengths).Order());
            // Two lengths share a batch; the long rows' padding needs no mask.
            Assert.Contains(few, b => b.Stretches.Count == 2);
            Assert.All(few, b => Assert.All(b.Stretches, s => Assert.Equal(s.Length == 128, s.Alone)));
            var (expected, fused, plain) = (Losses(model, many), Losses(model, few), Losses(model, few, fused: false));
            for (var depth = 0; depth <= config.MtpDepth; depth++)
            {
                Assert.Equal(expected[depth], fused[depth], 1e-4 * expected[depth]);
                Assert.Equal(expected[depth], plain[depth], 1e-4 * expected[depth]);
            }
            foreach (var batch in many.Concat(few)) batch.Dispose();
        }
    }

    private static double[] Losses(HybridLanguageModel model, List<PackedBatch> batches, bool fused = true)
    {
        var sums = new double[model.Config.MtpDepth + 1];
        foreach (var batch in batches)
        {
            using var _ = no_grad();
            using var scope = NewDisposeScope();
            using var pass = new ForwardPass(ScalarType.Float32, fused);
            var losses = model.Losses(batch, pass);
            for (var depth = 0; depth < losses.Count; depth++) sums[depth] += losses[depth].item<float>();
        }
        return sums;
    }

    private void Dataset(string name, int rowLength, int rows, bool alone = false)
    {
        using var writer = new PackedDatasetWriter(_folder.File(name), rowLength, TinyModel.Vocabulary);
        for (var i = 0; i < rows; i++)
        {
            writer.AddText(TinyModel.Ids(rowLength / 4 * 3, 1000 + i));
            if (!alone) writer.AddText(TinyModel.Ids(rowLength / 4, i));
        }
        writer.Complete();
    }
}
