using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace NemotronSharp.Cli.Tests;

/// <summary>What a program wrote and how it ended.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error);

/// <summary>Runs the built program as a user does.</summary>
internal static class Nemotron
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static string Executable { get; } = Path.Combine(AppContext.BaseDirectory, "nemotron");

    public static Outcome Run(params string[] arguments) => Run("", arguments);

    public static Outcome Run(string input, string[] arguments, params (string Name, string? Value)[] environment)
    {
        using var process = Start(Executable, arguments, environment);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        return End(process);
    }

    /// <summary>Starts a program with all its streams piped; the environment is this one's without NEMOTRON_ variables.</summary>
    public static Process Start(string program, IEnumerable<string> arguments, params (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("NEMOTRON_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public static Outcome End(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill();
            Assert.Fail($"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)} did not end within {Patience}");
        }
        return new Outcome(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>All logits [8, V] that a model gives for eight fixed ids under the given options.</summary>
    public static float[] Logits(TempFolder folder, string model, params string[] options)
    {
        var file = folder.File("logits.bin");
        var outcome = Run("3 1 4 1 5 9 2 6", ["logits", "-m", model, "--ids", "-", "--out", file, "--all", .. options]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Output));
        return MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(file)).ToArray();
    }

    /// <summary>The command fails with one line that says <paramref name="words"/>, and shows no stack trace.</summary>
    public static void AssertFails(Outcome outcome, params string[] words)
    {
        Assert.Equal(1, outcome.ExitCode);
        Assert.Single(outcome.Error.TrimEnd('\n').Split('\n'));
        Assert.StartsWith("nemotron: ", outcome.Error);
        Assert.DoesNotContain("internal error", outcome.Error);
        foreach (var word in words) Assert.Contains(word, outcome.Error);
    }
}
