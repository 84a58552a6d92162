using NemotronSharp.Numerics;
using NemotronSharp.Training.Model;
using NemotronSharp.Training.Pretraining;

namespace NemotronSharp.Training.Tests;

/// <summary>
/// Two implementations of one model that share no code: this one's matrix form over whole sequences, and the engine's recurrence
/// over cached states. They read the same exported folder and must give the same logits.
/// </summary>
public sealed class EngineAgreementTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nemotron-agreement").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("M")]
    [InlineData("*")]
    [InlineData("E")]
    [InlineData("-")]
    [InlineData("M*E-ME")]
    public void Layers_agree(string pattern) => Agree(TinyModel.Config(pattern, mtpDepth: 0), 37, TensorType.F32, 2e-4);

    [Fact]
    public void Experts_without_latent_space_agree() => Agree(TinyModel.Config("EME", mtpDepth: 0) with { MoeLatentSize = 0 }, 37, TensorType.F32, 2e-4);

    [Fact]
    public void Experts_with_unnormalised_weights_agree() => Agree(TinyModel.Config("EE", mtpDepth: 0) with { NormTopKProb = false }, 37, TensorType.F32, 2e-4);

    [Fact]
    public void Mtp_head_agrees() => Agree(TinyModel.Config(), 37, TensorType.F32, 5e-4);

    [Fact]
    public void Bf16_weights_agree() => Agree(TinyModel.Config(), 37, TensorType.BF16, 2e-2);

    private void Agree(NemotronConfig config, int length, TensorType type, double tolerance)
    {
        using (var model = TinyModel.Create(config))
        {
            // A bias that changes choices: at its initial zero a router that weighed by it would pass.
            foreach (var router in model.Routers)
                for (var e = 0; e < config.RoutedExperts; e++) router.CorrectionBias.data<float>()[e] = 0.1f * (e % 3);
            ModelFolder.Write(model, Path.Combine(_folder, "model"), [], type);
        }
        var ids = TinyModel.Ids(length, 7);
        using var reference = new LogitsReference(Path.Combine(_folder, "model"));
        var expected = reference.Logits(ids);
        using var engine = NemotronEngine.Load(Path.Combine(_folder, "model"));

        var seen = 0;
        using (var state = engine.NewSequence()) engine.ForwardAll(state, ids, (t, logits) => Close(expected[0][t], logits, t, ref seen));
        Assert.Equal(length, seen);
        if (config.MtpDepth == 0) return;
        seen = 0;
        using (var state = engine.NewSequence()) engine.ForwardMtp(state, ids, (t, logits) => Close(expected[1][t], logits, t, ref seen));
        Assert.Equal(length - 1, seen);

        void Close(float[] want, ReadOnlySpan<float> got, int t, ref int count)
        {
            count++;
            var scale = want.Max(Math.Abs);
            for (var v = 0; v < want.Length; v++)
                Assert.True(Math.Abs(want[v] - got[v]) <= tolerance * scale, $"token {t}, logit {v}: reference {want[v]}, engine {got[v]}, largest {scale}");
        }
    }
}
