namespace NemotronSharp.LlamaCpp;

/// <summary>How far rows of logits are from a reference's rows. Sums are float64.</summary>
internal sealed class LogitDifference
{
    private readonly List<double> _rows = [];
    private double _squaredDifference, _squaredReference, _divergence;

    /// <summary>Rows seen.</summary>
    public int Rows => _rows.Count;

    /// <summary>Rows whose largest logit is at the same id.</summary>
    public int SameTop { get; private set; }

    /// <summary>Largest |logit − reference|.</summary>
    public double Largest { get; private set; }

    /// <summary>Largest |reference|.</summary>
    public double LargestLogit { get; private set; }

    /// <summary><see cref="Largest"/> / <see cref="LargestLogit"/>.</summary>
    public double Relative => LargestLogit > 0 ? Largest / LargestLogit : Largest;

    /// <summary>√(Σ(logit − reference)² / Σ reference²).</summary>
    public double RelativeRms => _squaredReference > 0 ? Math.Sqrt(_squaredDifference / _squaredReference) : Math.Sqrt(_squaredDifference);

    /// <summary>The largest <see cref="RelativeRms"/> of a row alone.</summary>
    public double WorstRow => _rows.Count > 0 ? _rows.Max() : 0;

    /// <summary>The median of the rows' own <see cref="RelativeRms"/>: blind to a few rows where another expert was chosen.</summary>
    public double MedianRow => _rows.Count > 0 ? _rows.Order().ElementAt(_rows.Count / 2) : 0;

    /// <summary>Mean over rows of KL(reference ‖ logits) of the two softmaxes, in nats.</summary>
    public double MeanDivergence => Rows > 0 ? _divergence / Rows : 0;

    /// <summary>Adds a row.</summary>
    /// <exception cref="InvalidDataException">A logit is not finite.</exception>
    public void Add(ReadOnlySpan<float> reference, ReadOnlySpan<float> logits)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(logits.Length, reference.Length);
        int topReference = 0, top = 0;
        double squaredDifference = 0, squaredReference = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            if (!float.IsFinite(reference[i]) || !float.IsFinite(logits[i])) throw new InvalidDataException($"row {Rows}: found the logits {logits[i]} and {reference[i]} of token {i}, expected finite ones");
            double r = reference[i], d = logits[i] - r;
            (Largest, LargestLogit) = (Math.Max(Largest, Math.Abs(d)), Math.Max(LargestLogit, Math.Abs(r)));
            squaredDifference += d * d;
            squaredReference += r * r;
            if (reference[i] > reference[topReference]) topReference = i;
            if (logits[i] > logits[top]) top = i;
        }
        _divergence += Divergence(reference, logits, reference[topReference], logits[top]);
        if (top == topReference) SameTop++;
        _squaredDifference += squaredDifference;
        _squaredReference += squaredReference;
        _rows.Add(Math.Sqrt(squaredReference > 0 ? squaredDifference / squaredReference : squaredDifference));
    }

    private static double Divergence(ReadOnlySpan<float> p, ReadOnlySpan<float> q, double largestP, double largestQ)
    {
        double sumP = 0, sumQ = 0;
        for (var i = 0; i < p.Length; i++) (sumP, sumQ) = (sumP + Math.Exp(p[i] - largestP), sumQ + Math.Exp(q[i] - largestQ));
        double shiftP = largestP + Math.Log(sumP), shiftQ = largestQ + Math.Log(sumQ), sum = 0;
        for (var i = 0; i < p.Length; i++) sum += Math.Exp(p[i] - shiftP) * (p[i] - shiftP - (q[i] - shiftQ));
        return sum;
    }
}
