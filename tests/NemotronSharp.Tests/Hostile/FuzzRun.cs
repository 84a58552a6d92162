using System.Globalization;
using NemotronSharp.Text;

namespace NemotronSharp.Tests.Hostile;

/// <summary>Runs cases against a reader and holds each to the promise: it works, or it is refused in clear words, within bounded time and memory.</summary>
internal static class FuzzRun
{
    private const int MostFailures = 10;

    // Far above what these small models and files need, far below what their numbers ask for.
    private const long MostGrowth = 512L << 20;

    private static int Cases => int.Parse(Environment.GetEnvironmentVariable("NEMOTRON_FUZZ_CASES") ?? "5000", CultureInfo.InvariantCulture);

    private static ulong Seed => ulong.Parse(Environment.GetEnvironmentVariable("NEMOTRON_FUZZ_SEED") ?? "1", CultureInfo.InvariantCulture);

    public static void Of(HostileFiles files, ITestOutputHelper output)
    {
        var report = new FuzzReport(files.Name);
        foreach (var number in Numbers(files))
        {
            // Should the process die, this tells which case it was; the folder holds its files.
            File.WriteAllText(Path.Combine(files.Place, "case"), $"{files.Name}:{number}");
            files.Write(new Chance(Seed, number));
            if (One is not null) Keep(files, number);
            if (Run(files, number, report) is { } failure) report.Failures.Add($"NEMOTRON_FUZZ_SEED={Seed} NEMOTRON_FUZZ_CASE={files.Name}:{number} {failure}");
            if (report.Failures.Count == MostFailures) break;
        }

        output.WriteLine(report.ToString());
        if (Environment.GetEnvironmentVariable("NEMOTRON_FUZZ_REPORT") is { } path) File.AppendAllText(path, report + "\n");
        Assert.True(report.Failures.Count == 0, string.Join("\n", report.Failures));
    }

    private static string? One => Environment.GetEnvironmentVariable("NEMOTRON_FUZZ_CASE");

    // A case that runs alone is there to be looked at.
    private static void Keep(HostileFiles files, int number)
    {
        var folder = Directory.CreateDirectory(RepoPaths.InRepo("artifacts", "fuzz", $"{files.Name}-{number}")).FullName;
        foreach (var file in Directory.GetFiles(files.Place)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
    }

    private static IEnumerable<int> Numbers(HostileFiles files)
    {
        if (One is not { } one) return Enumerable.Range(0, (int)Math.Round(Cases * files.Share));
        var parts = one.Split(':');
        return parts[0] == files.Name ? [int.Parse(parts[1], CultureInfo.InvariantCulture)] : [];
    }

    private static string? Run(HostileFiles files, int number, FuzzReport report)
    {
        var (error, time, allocated, growth) = Read(files);
        // Neighbours on the machine can slow anything down for a moment, but not three times.
        for (var again = 0; again < 2 && time > files.MostTime; again++)
            if (Read(files).Time is var repeated && repeated < time) time = repeated;
        report.Count(number, error is null, time, allocated, growth);
        if (error is not null && Unclear(files, error) is { } unclear) return unclear;
        if (time > files.MostTime) return $"took {time.TotalSeconds:f1} s of processor time; {error?.Message}";
        if (allocated > files.MostAllocated) return $"allocated {allocated >> 20} MiB for {files.Size} bytes; {error?.Message}";
        return growth > MostGrowth ? $"held {growth >> 20} MiB for {files.Size} bytes" : null;
    }

    private static (Exception? Error, TimeSpan Time, long Allocated, long Growth) Read(HostileFiles files)
    {
        var meter = new Meter();
        Exception? error = null;
        try
        {
            files.Read(meter);
        }
        catch (Exception e)
        {
            error = e;
        }

        return (error, meter.Time, meter.Allocated, meter.Growth);
    }

    private static string? Unclear(HostileFiles files, Exception error)
    {
        if (error is not (InvalidDataException or ChatTemplateException)) return error.ToString();
        if (!error.Message.Contains(files.Place, StringComparison.Ordinal)) return $"the message names no file: {error.Message}";
        // What a template says through raise_exception is its own; everything else tells what was wrong.
        if (error is InvalidDataException && !error.Message.Contains("expected", StringComparison.Ordinal) && !error.Message.Contains("not valid JSON", StringComparison.Ordinal)) return $"the message does not say what was expected: {error.Message}";
        return error.Message.Length > 2000 ? $"a message of {error.Message.Length} characters: {error.Message[..400]}" : null;
    }
}
