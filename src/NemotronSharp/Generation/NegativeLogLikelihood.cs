namespace NemotronSharp.Generation;

/// <summary>How surprised a model is by the token that really follows.</summary>
public static class NegativeLogLikelihood
{
    /// <summary>−ln of the probability that the softmax of logits gives to a token, summed in float64.</summary>
    /// <param name="logits">Logits [V].</param>
    /// <param name="id">The token, 0 to V − 1.</param>
    /// <returns>Nats, at least 0. NaN if a logit is; infinity if the token's is −∞.</returns>
    public static double Nats(ReadOnlySpan<float> logits, int id)
    {
        // The largest term is exp(0): nothing overflows.
        var max = float.NegativeInfinity;
        foreach (var logit in logits) max = MathF.Max(max, logit);
        var total = 0.0;
        foreach (var logit in logits) total += Math.Exp((double)logit - max);
        return Math.Log(total) + ((double)max - logits[id]);
    }
}
