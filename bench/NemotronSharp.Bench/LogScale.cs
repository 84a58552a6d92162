namespace NemotronSharp.Bench;

/// <summary>A logarithmic axis: equal distances are equal factors.</summary>
/// <param name="Low">Value at <paramref name="From"/>; positive.</param>
/// <param name="High">Value at <paramref name="To"/>; above <paramref name="Low"/>.</param>
/// <param name="From">A coordinate of the picture.</param>
/// <param name="To">Another; below the first for an axis that points upwards.</param>
internal sealed record LogScale(double Low, double High, double From, double To)
{
    /// <summary>From a 1, 2 or 5 times a power of ten below all values to one above them.</summary>
    public static LogScale Around(IEnumerable<double> values, double from, double to)
    {
        double[] all = [.. values];
        return new LogScale(1 / RoundedUp(1 / all.Min()), RoundedUp(all.Max()), from, to);
    }

    /// <summary>Powers of ten on the axis.</summary>
    public IEnumerable<double> Decades
    {
        get
        {
            var first = (int)Math.Ceiling(Math.Log10(Low) - 1e-9);
            for (var power = first; power <= Math.Log10(High) + 1e-9; power++) yield return Math.Pow(10, power);
        }
    }

    /// <summary>The coordinate of a value.</summary>
    public double At(double value) => From + Math.Log(value / Low) / Math.Log(High / Low) * (To - From);

    private static double RoundedUp(double value)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return power * (value / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
    }
}
