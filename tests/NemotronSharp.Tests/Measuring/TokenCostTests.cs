using System.Runtime.Intrinsics.X86;
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
        var cost = TokenCost.Of(engine, new EngineOptions());
        long mamba = 512L * 10304 + 4096 * 512, attention = 512L * 128 * (32 + 2 * 2 + 32), experts = 2 * 512L * (6 * 192 + 384), head = 2048 * 512, floats = 128 * 512 + 6144 * 5;
        Assert.InRange(cost.WeightBytes / ((mamba + attention + experts + head) * bits / 8 + floats * 4), 0.99, 1.01);
        Assert.InRange(cost.DecodeOps / (2.0 * (mamba + attention + experts + head + 128 * 512)), 0.99, 1.01);
        Assert.Equal(2 * head, cost.DecodeOps - cost.PromptOps);
        // Keys and values of one attention layer: two heads of 128, bfloat16.
        Assert.Equal(100 * 2 * 2 * 128 * 2, cost.DecodeBytes(100) - cost.DecodeBytes(0));
    }

    [Fact]
    public void Products_are_counted_by_the_instruction_that_carries_them()
    {
        ModelConversion.Initialize(NemotronPresets.Get("pico"), 1, _folder.File("m.gguf"), ModelFormat.Gguf, QuantizationRecipe.Uniform(TensorType.NVFP4), cancellation: TestContext.Current.CancellationToken);
        using var engine = NemotronEngine.Load(_folder.File("m.gguf"));
        var limits = new MachineLimits(1, 1e9, 100, 200, 400);
        foreach (var (activations, passes) in ((ActivationPrecision, int)[])[(ActivationPrecision.Int8, 1), (ActivationPrecision.Int16, 2)])
        {
            var cost = TokenCost.Of(engine, new EngineOptions { Activations = activations });
            if (ProductRoute.Of(TensorType.NVFP4, new EngineOptions()).Unit != ArithmeticUnit.Int8) continue;
            var coded = Assert.Single(cost.Products, p => p.Route == new ProductRoute(ArithmeticUnit.Int8, passes));
            var floats = Assert.Single(cost.Products, p => p.Route.Unit == ArithmeticUnit.Float32);
            // Gates stay float: four layers of sixteen experts over a width of 192.
            Assert.Equal(2 * 4 * 16 * 192, floats.PromptOps);
            Assert.Equal(coded.PromptOps / 400.0 + floats.PromptOps / 100.0, cost.PromptSecondsAtPeak(limits, passes: false), 1e-6);
            Assert.Equal(passes * coded.PromptOps / 400.0 + floats.PromptOps / 100.0, cost.PromptSecondsAtPeak(limits, passes: true), 1e-6);
            Assert.Equal(ArithmeticUnit.Int8, cost.PromptUnit);
        }
        var portable = TokenCost.Of(engine, new EngineOptions { PortableKernels = true });
        Assert.Equal(new ProductRoute(ArithmeticUnit.Float32, 1), Assert.Single(portable.Products).Route);
    }

    [Fact]
    public void The_processor_is_named_as_the_system_names_it()
    {
        const string Source = "/proc/cpuinfo";
        string Field(string name) => File.ReadLines(Source).First(line => line.StartsWith(name + "\t", StringComparison.Ordinal)).Split(':', 2)[1].Trim();
        if (!File.Exists(Source) || !X86Base.IsSupported) Assert.NotEmpty(Processor.Name);
        else Assert.Equal($"{Field("model name")} (family {Field("cpu family")}, model {Field("model")})", Processor.Name);
    }

    [Fact]
    public void What_a_run_is_held_against_lies_between_before_and_after()
    {
        MachineLimits before = new(2, 10, 100, 200, null), after = new(2, 30, 300, 100, null);
        Assert.Equal(new MachineLimits(2, 20, 200, 150, null), MachineLimits.Mean(before, after));
    }

    [Fact]
    public void The_machine_can_do_something()
    {
        var limits = MachineLimits.Measure(2);
        Assert.InRange(limits.ReadBytesPerSecond, 1e8, 1e13);
        Assert.InRange(limits.Float32OpsPerSecond, 1e8, 1e14);
        // Not always more than float32's: vdpbf16ps is the slower one on Emerald Rapids.
        if (limits.BFloat16OpsPerSecond is { } bfloat16) Assert.InRange(bfloat16, 1e8, 1e14);
        if (limits.Int8OpsPerSecond is { } int8) Assert.InRange(int8, 1e8, 1e14);
    }
}
