using System.Runtime.InteropServices;
using NemotronSharp.Training.Model;
using NemotronSharp.Training.Pretraining;
using NemotronSharp.Training.Tests.Data;

namespace NemotronSharp.Training.Tests.Pretraining;

public sealed class CheckpointMergeTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // The claim behind the weights: merging equals having scaled every update by the decay's multiplier.
    [Fact]
    public void Merging_a_plateau_equals_updates_decayed_by_one_minus_sqrt()
    {
        const int Count = 8;
        using var model = new HybridLanguageModel(TinyModel.Config(), seed: 1);
        var merge = new CheckpointMerge(_folder.File("snapshots"), new MergeWindow(100, 100 + 10 * (Count - 1), 10));
        var watched = Values(model)[..40].ToArray().Select(v => (double)v).ToArray();
        var decayed = watched.ToArray();
        for (var i = 0; i < Count; i++)
        {
            var values = Values(model);
            if (i > 0)
                for (var k = 0; k < 40; k++)
                {
                    var update = MathF.Sin(i * 7 + k);
                    values[k] += update;
                    decayed[k] += update * (1 - Math.Sqrt((double)i / Count));
                }
            merge.Observe(100 + 10 * i, model);
            merge.Observe(100 + 10 * i + 3, model); // not of the window: nothing is kept
        }
        merge.Fill(model);
        for (var k = 0; k < 40; k++) Assert.Equal(decayed[k], Values(model)[k], 1e-5);
        Assert.Equal(Count, Directory.GetFiles(_folder.File("snapshots")).Length);
    }

    [Fact]
    public void A_missing_snapshot_is_named()
    {
        using var model = new HybridLanguageModel(TinyModel.Config(), seed: 1);
        var merge = new CheckpointMerge(_folder.File("snapshots"), new MergeWindow(1, 3, 1));
        merge.Observe(1, model);
        Assert.Contains("step 2", Assert.Throws<InvalidDataException>(() => merge.Fill(model)).Message);
    }

    private static Span<float> Values(HybridLanguageModel model) => MemoryMarshal.Cast<byte, float>(model.Parameters.All[0].Tensor.bytes);
}
