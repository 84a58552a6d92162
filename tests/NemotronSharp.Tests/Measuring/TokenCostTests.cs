using NemotronSharp.Checkpoints;
using NemotronSharp.Configuration;
using NemotronSharp.Numerics;

namespace NemotronSharp.Tests.Measuring;

/// <summary>What a token costs, against counts made in another way.</summary>
public sealed class TokenCostTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(TensorType.BF16, 16)]
    [InlineData(TensorType.Q8_0, 8.5)]
    public void A_decoded_token_touches_the_active_weights_once(TensorType type, double bits)
    {
        // Large enough for what stays float32 to be little.
        var config = NemotronPresets.Get("nano-30b-a3b") with { Layers = TinyModels.Schedule("ME*"), HiddenSize = 512, VocabSize = 2048, MoeIntermediateSize = 192, SharedIntermediateSize = 384 };
        ModelConversion.Initialize(config, 1, _folder.File("m.gguf"), ModelFormat.Gguf, QuantizationRecipe.Uniform(type), cancellation: TestContext.Current.CancellationToken);
        using var engine = NemotronEngine.Load(_folder.File("m.gguf"));
        var cost = TokenCost.Of(engine);
        long mamba = 512L * 10304 + 4096 * 512, attention = 512L * 128 * (32 + 2 * 2 + 32), experts = 2 * 512L * (6 * 192 + 384), head = 2048 * 512, floats = 128 * 512 + 6144 * 5;
        Assert.InRange(cost.WeightBytes / ((mamba + attention + experts + head) * bits / 8 + floats * 4), 0.99, 1.01);
        Assert.InRange(cost.DecodeOps / (2.0 * (mamba + attention + experts + head + 128 * 512)), 0.99, 1.01);
        Assert.Equal(2 * head, cost.DecodeOps - cost.PromptOps);
        // Keys and values of one attention layer: two heads of 128, float32.
        Assert.Equal(100 * 2 * 2 * 128 * 4, cost.DecodeBytes(100) - cost.DecodeBytes(0));
    }

    [Fact]
    public void The_machine_can_do_something()
    {
        var limits = MachineLimits.Measure(2);
        Assert.InRange(limits.ReadBytesPerSecond, 1e8, 1e13);
        Assert.InRange(limits.Float32OpsPerSecond, 1e8, 1e14);
    }
}
