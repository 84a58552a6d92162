using System.Diagnostics;
using System.Text.Json;
using NemotronSharp.LlamaCpp;

namespace NemotronSharp.Conformance.Tests;

/// <summary>scripts/compare-speed as a user runs it on a file.</summary>
public sealed class SpeedCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _model;

    public SpeedCommandTests()
    {
        _model = _folder.File("tiny.gguf");
        var config = Shape.Base("MEM*E");
        GgufModels.Write(_model, config, TinyModels.Tensors(config, seed: 3));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Both_engines_run_every_row_in_turn(bool oneAtATime)
    {
        var (status, output, error) = Run(["speed", "-m", _model, "-p", "8,24", "-n", "4", "-d", "0,20", "--pairs", "2", "--opens", "1", "-t", "1", "--json", .. oneAtATime ? ["--one-at-a-time"] : Array.Empty<string>()]);
        Assert.True(status == 0, error);
        Assert.Contains("pair 2 of 2, tg4 @ d20: llama.cpp", error);
        using var json = JsonDocument.Parse(output);
        var rows = json.RootElement.GetProperty("Rows").EnumerateArray().ToList();
        Assert.Equal(["pp8", "pp24", "tg4", "tg4 @ d20"], rows.Select(r => r.GetProperty("Name").GetString()));
        foreach (var row in rows)
        {
            var prompt = row.GetProperty("Name").GetString()!.StartsWith("pp", StringComparison.Ordinal);
            Assert.Equal(2, row.GetProperty("FirstRuns").GetArrayLength());
            Assert.Equal(2, row.GetProperty("SecondRuns").GetArrayLength());
            Assert.All(row.GetProperty("Ratios").EnumerateArray(), r => Assert.True(r.GetDouble() > 0));
            Assert.All(row.GetProperty("Limits").EnumerateArray(), l => Assert.True(l.GetProperty("ReadBytesPerSecond").GetDouble() > 1e8 && l.GetProperty("Float32OpsPerSecond").GetDouble() > 1e8));
            Assert.Equal(2, row.GetProperty("Limits").GetArrayLength());
            Assert.Equal(prompt, row.GetProperty("ShareOfRead").ValueKind == JsonValueKind.Null);
            Assert.Equal(prompt, row.GetProperty("ShareOfPeak").ValueKind != JsonValueKind.Null);
        }
        foreach (var opens in (string[])["FirstOpen", "SecondOpen"]) Assert.Equal(oneAtATime ? 2 : 1, json.RootElement.GetProperty(opens).GetArrayLength());
    }

    [Fact]
    public void The_engine_runs_against_itself_on_another_file()
    {
        var other = _folder.File("other.gguf");
        File.Copy(_model, other);
        var (status, output, error) = Run("speed", "-m", _model, "--against", other, "-p", "0", "-n", "4", "--pairs", "3", "--opens", "1", "-t", "1");
        Assert.True(status == 0, error);
        Assert.Contains("| | other | tiny |", output);
        Assert.Matches(@"\| tg4, tokens/s \| [0-9.]+ \| [0-9.]+ \| [0-9.]+ \([0-9.]+ to [0-9.]+\) \| \d+ % of the \d+ GB/s read beside it \|", output);
    }

    [Fact]
    public void What_cannot_be_run_is_named()
    {
        Fails(_folder.File("none.gguf"), "speed", "-m", _folder.File("none.gguf"));
        Fails("--pairs: found 0", "speed", "-m", _model, "--pairs", "0");
        Fails("'x'", "speed", "-m", _model, "-d", "x");
        var text = _folder.File("text.gguf");
        File.WriteAllText(text, "GGUF");
        Fails(text, "speed", "-m", text);
    }

    [Fact]
    public async Task An_interrupt_ends_both_engines()
    {
        var token = TestContext.Current.CancellationToken;
        using var process = Start("speed", "-m", _model, "-p", "24", "-n", "4", "--pairs", "100000", "--opens", "1", "-t", "1");
        while (await process.StandardError.ReadLineAsync(token) is { } line && !line.Contains("pair 2")) { }
        var children = Children(process.Id);
        Assert.Equal(2, children.Count);
        using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
        await process.WaitForExitAsync(token).WaitAsync(TimeSpan.FromSeconds(20), token);
        Assert.Equal(130, process.ExitCode);
        Assert.DoesNotContain(children, child => Directory.Exists($"/proc/{child}"));
    }

    [Fact]
    public void A_start_is_timed_to_the_first_byte_of_output()
    {
        var (status, output, error) = Run("start", "-r", "3", "--", "sh", "-c", "sleep 0.05; echo x; sleep 0.05");
        Assert.True(status == 0, error);
        Assert.Matches(@"start to first output \| 0\.0[5-9]\d|start to first output \| 0\.[1-9]", output);
        Fails("ended with 3", "start", "--", "sh", "-c", "exit 3");
    }

    [Fact]
    public void Llama_goes_back_to_a_saved_state()
    {
        using var model = LlamaModel.Load(_model);
        using var context = new LlamaContext(model, new LlamaOptions { Threads = 1, ContextTokens = 64, LastingThreads = true });
        int[] before = [3, 7, 11, 2, 9], after = [5, 8];
        context.Forward(before, 1, (_, _) => { });
        var saved = context.Save();
        var first = Logits();
        context.Clear();
        context.Forward([1, 2, 3], 1, (_, _) => { });
        context.Restore(saved);
        Assert.Equal(before.Length, context.Position);
        Assert.Equal(first, Logits());

        float[] Logits()
        {
            float[] result = [];
            context.Forward(after, 1, (_, logits) => result = logits.ToArray());
            return result;
        }
    }

    private static List<int> Children(int parent) =>
    [
        .. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Where(name => IsChild(name!, parent)).Select(int.Parse!),
    ];

    private static bool IsChild(string process, int parent)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat").Split(") ")[1].Split(' ')[1] == $"{parent}";
        }
        catch (Exception e) when (e is IOException or IndexOutOfRangeException)
        {
            // It has ended.
            return false;
        }
    }

    private static void Fails(string words, params string[] arguments)
    {
        var (status, output, error) = Run(arguments);
        Assert.True(status == 1, $"{status}: {output}{error}");
        Assert.Contains(words, error + output);
    }

    private static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "NemotronSharp.LlamaCpp"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    private static (int Status, string Output, string Error) Run(params string[] arguments)
    {
        using var process = Start(arguments);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
