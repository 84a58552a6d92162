namespace NemotronSharp.Cli.Evaluation;

/// <summary>
/// A sum over a sum (bits over bytes, drafts accepted over drafts made) from texts of many tokens. Tokens of one text are alike,
/// so its 95 % interval comes from the spread between texts (ratio estimator: Cochran, Sampling Techniques, 1977, 6.4).
/// </summary>
internal sealed class RatioEstimate
{
    private readonly (double Part, double Whole)[] _texts;

    private RatioEstimate((double Part, double Whole)[] texts) => _texts = texts;

    public double Part => _texts.Sum(t => t.Part);

    public double Whole => _texts.Sum(t => t.Whole);

    public int Texts => _texts.Length;

    public double Value => Part / Whole;

    public static RatioEstimate Of(IEnumerable<(double Part, double Whole)> texts) => new([.. texts.Where(t => t.Whole > 0)]);

    /// <summary>Unknown (NaN) below two texts.</summary>
    public (double Low, double High) Interval()
    {
        double value = Value, n = Texts;
        var squares = _texts.Sum(t => (t.Part - value * t.Whole) * (t.Part - value * t.Whole));
        var spread = Texts < 2 ? double.NaN : Score.Z * Math.Sqrt(n / (n - 1) * squares) / Whole;
        return (value - spread, value + spread);
    }
}
