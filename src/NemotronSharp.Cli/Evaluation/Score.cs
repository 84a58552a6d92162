namespace NemotronSharp.Cli.Evaluation;

/// <summary>How many cases of a skill were right.</summary>
internal sealed class Score
{
    /// <summary>Standard deviations that leave out 5 % of a normal distribution.</summary>
    public const double Z = 1.959964;

    public int Right { get; private set; }

    public int Total { get; private set; }

    public double Share => Total == 0 ? 0 : (double)Right / Total;

    public void Add(bool right)
    {
        Total++;
        if (right) Right++;
    }

    /// <summary>95 % confidence interval of the share (Wilson, JASA 1927).</summary>
    public (double Low, double High) Interval()
    {
        if (Total == 0) return (0, 1);
        var centre = Share + Z * Z / (2 * Total);
        var spread = Z * Math.Sqrt(Share * (1 - Share) / Total + Z * Z / (4.0 * Total * Total));
        var scale = 1 + Z * Z / Total;
        return (Math.Max(0, (centre - spread) / scale), Math.Min(1, (centre + spread) / scale));
    }
}
