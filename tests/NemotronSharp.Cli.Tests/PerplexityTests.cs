using System.Text.Json.Nodes;

namespace NemotronSharp.Cli.Tests;

/// <summary>The scripted model knows no successor of a byte: its logits are all zero there, and every one of its 260 tokens is as likely.</summary>
public sealed class PerplexityTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _text;

    public PerplexityTests()
    {
        ScriptedModel.Write(_folder.Path, "xx", "yy");
        _text = _folder.File("text.txt");
        File.WriteAllText(_text, string.Concat(Enumerable.Repeat("abcdefghij", 10)));
    }

    public void Dispose() => _folder.Dispose();

    private Outcome Run(params string[] arguments) => Nemotron.Run(["perplexity", "-m", _folder.Path, "--file", _text, .. arguments]);

    [Fact]
    public void Json_has_the_value_and_what_was_counted()
    {
        var (code, output, error) = Run("--context", "16", "--json");
        Assert.Equal((0, ""), (code, error));
        var json = JsonNode.Parse(output)!;
        Assert.Equal((false, 16, 6, 6), ((bool)json["partial"]!, (int)json["context"]!, (int)json["chunks"]!, (int)json["chunks_in_all"]!));
        // Of 16 tokens the 7 behind position 8 are scored, a byte each.
        Assert.Equal((42, 42), ((int)json["tokens_scored"]!, (int)json["bytes_scored"]!));
        Assert.Equal(260, (double)json["perplexity"]!, 1e-9);
        Assert.Equal(Math.Log2(260), (double)json["bits_per_byte"]!, 1e-9);
        Assert.Equal(0, (double)json["standard_error"]!, 1e-4);
        Assert.True((double)json["tokens_per_second"]! > 0);

        var limited = JsonNode.Parse(Run("--context", "16", "--chunks", "2", "--json", "--threads", "1").Output)!;
        Assert.Equal((false, 2, 14), ((bool)limited["partial"]!, (int)limited["chunks"]!, (int)limited["tokens_scored"]!));
    }

    [Fact]
    public void The_table_says_what_was_scored_and_standard_input_is_read()
    {
        var (code, output, error) = Nemotron.Run(File.ReadAllText(_text), ["perplexity", "-m", _folder.Path, "--file", "-", "--context", "50"]);
        Assert.Equal((0, ""), (code, error));
        Assert.Matches(@"perplexity +260\.0000 ± 0\.0000", output);
        Assert.Matches(@"tokens scored +48 of 100, the second half of each of 2 chunks of 50", output);
        Assert.DoesNotContain("PARTIAL", output);
    }

    [Fact]
    public void What_cannot_be_measured_is_named()
    {
        Nemotron.AssertFails(Run(), "text.txt", "found 100 tokens", "512", "--context");
        Nemotron.AssertFails(Run("--context", "2"), "--context", "at least 3");
        Nemotron.AssertFails(Run("--chunks", "0"), "--chunks");
        File.WriteAllBytes(_text, [.. "abc"u8, 0xC3, 0x28]);
        Nemotron.AssertFails(Run("--context", "3"), "text.txt", "at byte 3", "UTF-8");
        File.WriteAllText(_text, "");
        Nemotron.AssertFails(Run(), "text.txt", "found 0 tokens");
        File.Delete(_text);
        Nemotron.AssertFails(Run(), "text.txt", "no such file");
    }

    [Fact]
    public void Control_c_ends_it_with_what_was_read_so_far()
    {
        File.WriteAllText(_text, string.Concat(Enumerable.Repeat("abcdefghij", 1_000_000)));
        using var process = Nemotron.Start(Nemotron.Executable, ["perplexity", "-m", _folder.Path, "--file", _text, "--context", "16", "--json", "--threads", "1"]);
        // Started, text read, and in the midst of chunks: several seconds of work have been done, of many.
        while (process.TotalProcessorTime < TimeSpan.FromSeconds(4) && !process.HasExited) Thread.Sleep(50);
        using (var kill = Nemotron.Start("kill", ["-INT", $"{process.Id}"])) Assert.Equal(0, Nemotron.End(kill).ExitCode);
        var (code, output, error) = Nemotron.End(process);
        Assert.Equal((130, ""), (code, error));
        var json = JsonNode.Parse(output)!;
        Assert.True((bool)json["partial"]!);
        Assert.InRange((int)json["chunks"]!, 1, (int)json["chunks_in_all"]! - 1);
        Assert.Equal(260, (double)json["perplexity"]!, 1e-6);
    }
}
