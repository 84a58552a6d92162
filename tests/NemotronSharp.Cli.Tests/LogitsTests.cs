using System.Runtime.InteropServices;

namespace NemotronSharp.Cli.Tests;

public sealed class LogitsTests : IDisposable
{
    private readonly TempFolder _model = new();

    public void Dispose() => _model.Dispose();

    private float[] Logits(string ids, params string[] arguments)
    {
        var file = _model.File("f32.bin");
        var outcome = Nemotron.Run(ids, ["logits", "-m", _model.Path, "--ids", "-", "--out", file, .. arguments]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Output));
        return MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(file)).ToArray();
    }

    [Fact]
    public void Last_row_names_the_successor()
    {
        ScriptedModel.Write(_model.Path, "x", "y");
        var logits = Logits("72\n258 ");

        // The embedding of x is a unit vector over 260 channels: RMSNorm makes its one 1 / sqrt(1/260 + 1e-5). The successor of x is y, id 259.
        Assert.Equal(260, logits.Length);
        Assert.Equal(ScriptedModel.Certain / Math.Sqrt(1.0 / 260 + 1e-5), logits[259], 3);
        Assert.All(logits.Where((_, id) => id != 259), value => Assert.Equal(0, value));
    }

    [Fact]
    public void All_gives_a_row_for_every_id()
    {
        ScriptedModel.Write(_model.Path, "x", "y");
        var rows = Logits("258 72 258", "--all");
        Assert.Equal(3 * 260, rows.Length);
        Assert.Equal(Logits("258"), rows[..260]);
        Assert.Equal(Logits("258 72 258"), rows[520..]);
        Assert.All(rows[260..520], value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData("", "no token ids")]
    [InlineData("1 2 x", "token 2")]
    [InlineData("1 260", "token 1")]
    [InlineData("-1", "token 0")]
    public void Ids_that_are_none_are_named_and_nothing_is_written(string ids, string word)
    {
        ScriptedModel.Write(_model.Path, "x", "y");
        File.WriteAllText(_model.File("ids.txt"), ids);
        Nemotron.AssertFails(Nemotron.Run("logits", "-m", _model.Path, "--ids", _model.File("ids.txt"), "--out", _model.File("f32.bin")), word, "ids.txt");
        Assert.False(File.Exists(_model.File("f32.bin")));
    }
}
