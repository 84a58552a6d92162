using NemotronSharp.Training.Agreement;
using NemotronSharp.Training.Native;

namespace NemotronSharp.Training.Tests.Agreement;

/// <summary>The engine and libtorch compute the same function: two implementations that share no arithmetic.</summary>
public sealed class EngineAgreementTests
{
    // Sums of at most a few hundred float32 products, in another order on either side.
    private const double Tolerance = 1e-5;

    public static TheoryData<string> Names => [.. AgreementCases.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Logits_agree_with_TorchSharp(string name)
    {
        var config = AgreementCases.All.Single(c => c.Name == name).Config;
        var (main, mtp) = AgreementCases.Measure(config);
        Assert.Equal((long)AgreementCases.Tokens * config.VocabSize, main.Logits);
        Assert.InRange(main.Relative, 0, Tolerance);
        Assert.Equal(1, main.TopOne);
        Assert.Equal(config.MtpDepth > 0, mtp is not null);
        if (mtp is not null) Assert.InRange(mtp.Relative, 0, Tolerance);
    }

    [Fact]
    public void The_shipped_model_agrees_too()
    {
        TorchNative.Load();
        var folder = RepoPaths.InRepo("models", "pico");
        var (main, mtp) = LogitAgreement.Measure(folder, AgreementCases.Ids(NemotronConfig.Load(Path.Combine(folder, "config.json"))));
        Assert.InRange(main.Relative, 0, Tolerance);
        Assert.NotNull(mtp);
        Assert.InRange(mtp.Relative, 0, Tolerance);
        Assert.Equal(1, main.TopOne);
    }
}
