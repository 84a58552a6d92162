using System.Globalization;
using static System.FormattableString;

namespace NemotronSharp.Cli.Terminal;

/// <summary>Large numbers for readers.</summary>
internal static class Sizes
{
    public static string Count(long value) => $"{value.ToString("N0", CultureInfo.InvariantCulture)} ({Short(value)})";

    public static string Short(long value) => value >= 1_000_000_000 ? Invariant($"{value / 1e9:0.00} B") : Invariant($"{value / 1e6:0.00} M");

    public static string Bytes(long value)
    {
        ReadOnlySpan<string> units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var (scaled, unit) = ((double)value, 0);
        for (; scaled >= 1024 && unit < units.Length - 1; unit++) scaled /= 1024;
        return Invariant($"{scaled:0.##} {units[unit]}");
    }
}
