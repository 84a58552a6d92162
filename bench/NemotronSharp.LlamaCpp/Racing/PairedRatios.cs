namespace NemotronSharp.LlamaCpp;

/// <summary>Medians, and ratios of things measured one right after the other: what drifts in between drifts for both.</summary>
internal static class PairedRatios
{
    /// <summary>The i-th of one over the i-th of the other, for as many as both have.</summary>
    public static double[] Of(IEnumerable<double> first, IEnumerable<double> second) => [.. first.Zip(second, (a, b) => a / b)];

    /// <summary>The middle value; the mean of the two in the middle.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static double Median(IReadOnlyCollection<double> values)
    {
        if (values.Count == 0) throw new ArgumentException("found no values, expected at least one", nameof(values));
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
