using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using NemotronSharp.Training.Pretraining;

namespace NemotronSharp.Training.Lineage;

/// <summary>When, by what program and on what machine something was made: the part of a manifest that differs from run to run.</summary>
internal static class Producer
{
    /// <param name="seconds">Time the work took, all resumed pieces together.</param>
    /// <param name="device">Where the arithmetic ran; null for work without tensors.</param>
    public static JsonObject Describe(double seconds, string? device = null)
    {
        var facts = Facts(seconds);
        if (device == RunOptions.Cuda) facts["accelerator"] = Accelerator();
        return facts;
    }

    private static JsonObject Facts(double seconds) => new()
    {
        ["created"] = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        ["seconds"] = Math.Round(seconds, 1),
        ["program"] = $"NemotronSharp {typeof(Producer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion}",
        ["commit"] = Commit(),
        ["os"] = RuntimeInformation.OSDescription,
        ["processor"] = Processor(),
        ["cores"] = Environment.ProcessorCount,
        ["dotnet"] = Environment.Version.ToString(),
        ["libtorch"] = Environment.GetEnvironmentVariable("NEMOTRON_LIBTORCH") is { Length: > 0 } ? "another than the package's" : PackageVersion("LibTorchPackage"),
        ["torchsharp"] = PackageVersion("TorchSharpPackage"),
    };

    // An archive of the sources has no history: then NEMOTRON_COMMIT may tell the commit, else it stays unknown.
    private static string? Commit()
    {
        if (Environment.GetEnvironmentVariable("NEMOTRON_COMMIT") is { Length: > 0 } told) return told;
        try
        {
            var start = new ProcessStartInfo("git", ["-C", Environment.GetEnvironmentVariable("NEMOTRON_HOME") ?? AppContext.BaseDirectory, "describe", "--always", "--dirty=+changes", "--abbrev=40", "--exclude=*"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var git = Process.Start(start)!;
            var answer = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? answer : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // no git on this machine
        }
    }

    /// <summary>The processor's name, where the system tells it.</summary>
    public static string? Processor() => !File.Exists("/proc/cpuinfo") ? null
        : File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[^1].Trim();

    // The driver names its cards in files; libtorch's own answer is not to be had through TorchSharp.
    private static string? Accelerator() => !Directory.Exists("/proc/driver/nvidia/gpus") ? null
        : Directory.EnumerateFiles("/proc/driver/nvidia/gpus", "information", SearchOption.AllDirectories).SelectMany(File.ReadLines)
            .FirstOrDefault(l => l.StartsWith("Model", StringComparison.Ordinal))?.Split(':', 2)[^1].Trim();

    private static string? PackageVersion(string key) => typeof(Producer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(a => a.Key == key)?.Value is { Length: > 0 } folder ? new DirectoryInfo(folder).Name : null;
}
