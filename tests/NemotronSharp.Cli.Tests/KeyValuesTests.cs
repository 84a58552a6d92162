namespace NemotronSharp.Cli.Tests;

/// <summary><c>--kv</c>: how keys and values are kept.</summary>
public sealed class KeyValuesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private float[] Logits(params string[] options) => Nemotron.Logits(_folder, _folder.File("m.gguf"), options);

    [Fact]
    public void Bfloat16_is_the_default_and_nearer_to_float32_than_fp8()
    {
        Assert.Equal(0, Nemotron.Run("init", "--preset", "pico", "--layers", "M*-", "--type", "F32", "--out", _folder.File("m.gguf")).ExitCode);
        float[] exact = Logits("--kv", "f32"), half = Logits("--kv", "bf16"), eighth = Logits("--kv", "fp8");
        Assert.Equal(half, Logits());
        double Distance(float[] logits) => Math.Sqrt(logits.Zip(exact).Average(p => Math.Pow(p.First - p.Second, 2)) / exact.Average(x => x * x));
        Assert.InRange(Distance(half), 1e-7, 1e-2);
        Assert.InRange(Distance(eighth), 2 * Distance(half), 0.1);
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
        Nemotron.AssertFails(Nemotron.Run([.. command, "--kv", "int4"]), "int4", "bf16", "f32", "fp8");
        Assert.Contains("--kv <bf16|f32|fp8>", Nemotron.Run(command[0], "--help").Output);
        Nemotron.AssertFails(Nemotron.Run([.. command, "--kv", "fp8", "-m", "no/such/folder"]), "no/such/folder");
    }
}
