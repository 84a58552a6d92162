using NemotronSharp.Configuration;

namespace NemotronSharp.Tests.Configuration;

/// <summary>The published totals are the check that a preset's every size is right.</summary>
public sealed class FootprintTests
{
    [Theory]
    [InlineData("nano-30b-a3b", 31_577_940_288, 31_577_937_344)]
    [InlineData("lightning-30b-a3b", 31_577_940_288, 31_577_937_344)]
    [InlineData("super-120b-a12b", 120_668_707_840, 120_668_687_360)]
    [InlineData("ultra-550b-a55b", 549_308_993_536, 549_308_968_960)]
    [InlineData("nano-4b", 3_973_556_832, 3_973_556_832)]
    [InlineData("nano-9b-v2", 8_888_227_328, 8_888_227_328)]
    [InlineData("nano-12b-v2", 12_310_001_152, 12_310_001_152)]
    public void Parameter_totals_equal_the_published_ones(string preset, long total, long withoutRouterBiases)
    {
        var footprint = NemotronPresets.Get(preset).Footprint;
        Assert.Equal(total, footprint.Parameters);
        Assert.Equal(withoutRouterBiases, footprint.Parameters - footprint.RouterBiases);
    }

    [Theory]
    [InlineData("lightning-30b-a3b", 32_913_266_240)]
    [InlineData("super-120b-a12b", 123_611_033_088)]
    [InlineData("ultra-550b-a55b", 560_524_603_904)]
    public void Totals_with_the_mtp_head_equal_the_published_ones(string preset, long total)
    {
        var footprint = NemotronPresets.Get(preset).Footprint;
        Assert.Equal(total, footprint.Parameters + footprint.MtpParameters);
    }

    [Theory]
    [InlineData("nano-30b-a3b", 3.58, 3.23)]
    [InlineData("lightning-30b-a3b", 3.58, 3.23)]
    [InlineData("super-120b-a12b", 12.77, 12.23)]
    [InlineData("ultra-550b-a55b", 56.1, 55.0)]
    public void Active_parameters_equal_the_published_ones(string preset, double withEmbedding, double without)
    {
        var footprint = NemotronPresets.Get(preset).Footprint;
        Assert.Equal(withEmbedding, footprint.ActiveParameters / 1e9, withEmbedding > 50 ? 0.05 : 0.006);
        Assert.Equal(without, footprint.ActiveParametersWithoutEmbedding / 1e9, withEmbedding > 50 ? 0.05 : 0.006);
    }

    [Theory]
    [InlineData("nano-30b-a3b", 49_082_368, 6_144)]
    [InlineData("super-120b-a12b", 170_229_760, 8_192)]
    [InlineData("ultra-550b-a55b", 407_961_600, 12_288)]
    [InlineData("nano-4b", 83_801_088, 16_384)]
    [InlineData("nano-9b-v2", 143_548_416, 16_384)]
    [InlineData("nano-12b-v2", 148_865_024, 24_576)]
    public void Memory_per_sequence_and_token_equals_the_published_one(string preset, long state, long perToken)
    {
        var footprint = NemotronPresets.Get(preset).Footprint;
        Assert.Equal(state, footprint.StateBytesPerSequence);
        Assert.Equal(perToken, footprint.KeyValueBytesPerToken);
    }

    [Fact]
    public void Every_preset_survives_its_own_config_json()
    {
        foreach (var name in NemotronPresets.Names)
        {
            var preset = NemotronPresets.Get(name);
            Assert.Equal(preset.ToJson(), NemotronConfig.FromJson(preset.ToJson(), name).ToJson());
        }
    }
}
