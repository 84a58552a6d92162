using System.Globalization;

namespace NemotronSharp.LlamaCpp;

/// <summary>Memory of this process as Linux counts it, in bytes.</summary>
/// <param name="Resident">All of it that is in memory.</param>
/// <param name="Anonymous">Of that, what the process made: nothing but swap can hold it instead.</param>
/// <param name="File">Of that, pages of mapped files, which other processes share and the system can drop.</param>
internal sealed record ProcessMemory(long Resident, long Anonymous, long File)
{
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    public static ProcessMemory Read()
    {
        const string status = "/proc/self/status";
        if (!System.IO.File.Exists(status)) throw new PlatformNotSupportedException($"found no {status}, expected Linux");
        var fields = System.IO.File.ReadLines(status).Select(line => line.Split(':', 2)).ToDictionary(f => f[0], f => f[1]);
        return new ProcessMemory(Bytes("VmRSS"), Bytes("RssAnon"), Bytes("RssFile"));

        long Bytes(string field) => 1024 * long.Parse(fields[field].AsSpan().Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture);
    }
}
