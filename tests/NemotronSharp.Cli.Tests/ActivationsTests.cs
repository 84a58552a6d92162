namespace NemotronSharp.Cli.Tests;

/// <summary><c>--activations</c>: in which numbers activations meet quantized weights.</summary>
public sealed class ActivationsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private float[] Logits(params string[] options) => Nemotron.Logits(_folder, _folder.File("m.gguf"), options);

    [Fact]
    public void Int16_is_the_default_and_nearer_to_float32_than_int8()
    {
        Assert.Equal(0, Nemotron.Run("init", "--preset", "pico", "--layers", "M*-", "--type", "Q8_0", "--out", _folder.File("m.gguf")).ExitCode);
        float[] exact = Logits("--activations", "float32"), int16 = Logits("--activations", "int16"), int8 = Logits("--activations", "int8");
        Assert.Equal(int16, Logits());
        double Distance(float[] logits) => logits.Zip(exact).Max(p => Math.Abs(p.First - p.Second)) / exact.Max(Math.Abs);
        Assert.InRange(Distance(int16), 1e-6, 5e-4);
        Assert.InRange(Distance(int8), 1e-3, 0.1);
    }

    [Theory]
    [InlineData("run", "hello")]
    [InlineData("chat")]
    [InlineData("logits", "--ids", "-", "--out", "x")]
    [InlineData("perplexity", "--file", "x")]
    [InlineData("bench")]
    [InlineData("eval")]
    public void Every_command_that_computes_takes_it_and_names_what_it_may_be(params string[] command)
    {
        Nemotron.AssertFails(Nemotron.Run([.. command, "--activations", "int4"]), "int4", "int16", "int8", "float32");
        Assert.Contains("--activations <int16|int8|float32>", Nemotron.Run(command[0], "--help").Output);
        // It is not what is wrong with this one.
        Nemotron.AssertFails(Nemotron.Run([.. command, "--activations", "int8", "-m", "no/such/folder"]), "no/such/folder");
    }
}
