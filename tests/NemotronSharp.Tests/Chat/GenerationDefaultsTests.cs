namespace NemotronSharp.Tests.Chat;

public sealed class GenerationDefaultsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private GenerationDefaults Load(string json)
    {
        File.WriteAllText(_folder.File("generation_config.json"), json);
        return GenerationDefaults.Load(_folder.Path, TinyModels.Config());
    }

    [Fact]
    public void Sampling_and_the_ends_of_both_files_are_read()
    {
        var defaults = Load("""{"do_sample": true, "eos_token_id": [7, 2], "temperature": 0.5, "top_p": 0.9, "top_k": 20}""");
        Assert.Equal([7, 2, 11], defaults.StopIds);
        Assert.Equal((0.5f, 0.9f, 20), (defaults.Sampling.Temperature, defaults.Sampling.TopP, defaults.Sampling.TopK));
        Assert.Equal(0, Load("""{"do_sample": false, "temperature": 0.5}""").Sampling.Temperature);
        Assert.Equal([3, 2, 11], Load("""{"eos_token_id": 3, "temperature": null}""").StopIds);
    }

    [Theory]
    [InlineData("[]", "a JSON object")]
    [InlineData("{", "JSON")]
    [InlineData("""{"eos_token_id": [2, null]}""", "'eos_token_id'")]
    [InlineData("""{"eos_token_id": "end"}""", "'eos_token_id'")]
    [InlineData("""{"eos_token_id": 1, "eos_token_id": 2}""", "JSON")]
    [InlineData("""{"do_sample": 1}""", "'do_sample'")]
    [InlineData("""{"temperature": NaN}""", "'temperature'")]
    [InlineData("""{"temperature": -1}""", "Temperature")]
    [InlineData("""{"top_p": 2}""", "TopP")]
    [InlineData("""{"top_k": 1.5}""", "'top_k'")]
    public void A_bad_file_is_refused_by_name(string json, string named)
    {
        var message = Assert.Throws<InvalidDataException>(() => Load(json)).Message;
        Assert.StartsWith(_folder.File("generation_config.json"), message);
        Assert.Contains(named, message);
    }
}
