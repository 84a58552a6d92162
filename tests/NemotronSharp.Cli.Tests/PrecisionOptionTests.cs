namespace NemotronSharp.Cli.Tests;

/// <summary><c>--activations</c> and <c>--kv</c>: in which numbers activations meet quantized weights, and in which keys and values are kept.</summary>
public sealed class PrecisionOptionTests : IDisposable
{
    private static readonly string[][] Commands = [["run", "hello"], ["chat"], ["logits", "--ids", "-", "--out", "x"], ["perplexity", "--file", "x"], ["bench"], ["eval"]];

    private readonly TempFolder _folder = new();

    public static TheoryData<string, string, string[]> Offered =>
        [.. Commands.SelectMany(command => new[] { ("--activations", "int16|int8|float32", command), ("--kv", "bf16|f32|fp8", command) })];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--activations", "Q8_0", "int16", "float32", "int8")]
    [InlineData("--kv", "F32", "bf16", "f32", "fp8")]
    public void The_default_is_nearer_to_float32_than_the_smallest(string option, string type, string usual, string exact, string smallest)
    {
        Assert.Equal(0, Nemotron.Run("init", "--preset", "pico", "--layers", "M*-", "--type", type, "--out", _folder.File("m.gguf")).ExitCode);
        float[] reference = Logits(option, exact), near = Logits(option, usual);
        Assert.Equal(near, Logits());
        double Distance(float[] logits) => Math.Sqrt(logits.Zip(reference).Average(p => Math.Pow(p.First - p.Second, 2)) / reference.Average(x => x * x));
        Assert.InRange(Distance(near), 1e-7, option == "--kv" ? 1e-2 : 5e-4);
        Assert.InRange(Distance(Logits(option, smallest)), 2 * Distance(near), 0.1);
    }

    [Theory]
    [MemberData(nameof(Offered))]
    public void Every_command_that_computes_takes_them_and_names_what_they_may_be(string option, string values, string[] command)
    {
        Nemotron.AssertFails(Nemotron.Run([.. command, option, "int4"]), ["int4", .. values.Split('|')]);
        Assert.Contains($"{option} <{values}>", Nemotron.Run(command[0], "--help").Output);
        // It is not what is wrong with this one.
        Nemotron.AssertFails(Nemotron.Run([.. command, option, values.Split('|')[^1], "-m", "no/such/folder"]), "no/such/folder");
    }

    private float[] Logits(params string[] options) => Nemotron.Logits(_folder, _folder.File("m.gguf"), options);
}
