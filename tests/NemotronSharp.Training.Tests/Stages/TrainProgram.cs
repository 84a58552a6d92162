using System.Diagnostics;

namespace NemotronSharp.Training.Tests.Stages;

/// <summary>The built training program, run as a process of its own.</summary>
internal static class TrainProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public static Process Start(params string[] arguments) => Start(arguments, []);

    private static Process Start(string[] arguments, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "nemotron-train"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = RepoPaths.Root,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>What it printed and how it ended.</summary>
    public static (int ExitCode, string Output, string Error) Run(params string[] arguments) => RunWith([], arguments);

    /// <summary>The same with environment variables.</summary>
    public static (int ExitCode, string Output, string Error) RunWith((string Name, string Value)[] environment, params string[] arguments)
    {
        using var process = Start(arguments, environment);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill();
            Assert.Fail($"nemotron-train {string.Join(' ', arguments)} did not end within {Patience}");
        }
        return (process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Runs it; it must succeed.</summary>
    public static string Succeed(params string[] arguments)
    {
        var (code, output, error) = Run(arguments);
        Assert.True(code == 0, $"nemotron-train {string.Join(' ', arguments)} ended with {code}: {error}");
        return output;
    }

    /// <summary>Kills it with SIGKILL as soon as something has happened; false if it ended first.</summary>
    public static bool KillWhen(Func<bool> happened, params string[] arguments)
    {
        using var process = Start(arguments);
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
        while (!process.HasExited)
        {
            if (happened())
            {
                process.Kill();
                process.WaitForExit();
                return process.ExitCode == 128 + 9;
            }
            Thread.Sleep(1);
        }
        return false;
    }
}
