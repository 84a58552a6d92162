namespace NemotronSharp.Training.Agreement;

/// <summary>How far the engine's logits are from the TorchSharp model's on the same weights and ids.</summary>
/// <param name="Logits">Number of logits compared.</param>
/// <param name="Largest">Largest absolute logit, the scale of the differences.</param>
/// <param name="MaxDifference">Largest absolute difference.</param>
/// <param name="TopOne">Share of positions whose most likely token is the same, 0 to 1.</param>
internal sealed record LogitAgreement(long Logits, double Largest, double MaxDifference, double TopOne)
{
    /// <summary>Largest difference in units of the largest logit.</summary>
    public double Relative => MaxDifference / Largest;

    /// <summary>Compares next-token logits and, where the model has an MTP head, its draft logits.</summary>
    /// <param name="folder">A Hugging Face folder.</param>
    /// <param name="ids">Token ids, at least two.</param>
    public static (LogitAgreement Main, LogitAgreement? Mtp) Measure(string folder, int[] ids)
    {
        using var engine = NemotronEngine.Load(folder, EngineOptions.Float32);
        using var reference = new LogitsReference(folder);
        var expected = reference.Logits(ids);

        using var state = engine.NewSequence();
        var main = Compare(expected[0], visitor => engine.ForwardAll(state, ids, visitor));
        if (!engine.HasMtp) return (main, null);
        using var fresh = engine.NewSequence();
        return (main, Compare(expected[1], visitor => engine.ForwardMtp(fresh, ids, visitor)));
    }

    private static LogitAgreement Compare(float[][] expected, Action<LogitsVisitor> forward)
    {
        double largest = 0, difference = 0;
        int positions = 0, same = 0;
        forward((token, logits) =>
        {
            var reference = expected[token];
            for (var v = 0; v < reference.Length; v++)
            {
                largest = Math.Max(largest, Math.Abs(reference[v]));
                var d = Math.Abs((double)reference[v] - logits[v]);
                difference = double.IsNaN(d) ? double.PositiveInfinity : Math.Max(difference, d);
            }

            positions++;
            if (IndexOfMax(reference) == IndexOfMax(logits)) same++;
        });
        return new LogitAgreement((long)positions * expected[0].Length, largest, difference, (double)same / positions);
    }

    private static int IndexOfMax(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
            if (values[i] > values[best]) best = i;
        return best;
    }
}
