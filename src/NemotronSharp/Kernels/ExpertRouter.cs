using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace NemotronSharp.Kernels;

/// <summary>What the router of a MoE layer needs besides its logits.</summary>
/// <param name="TopK">Experts chosen for a token.</param>
/// <param name="Groups">Router groups.</param>
/// <param name="TopGroups">Groups that may be chosen from.</param>
/// <param name="Normalise">Whether the weights are normalised to sum 1.</param>
/// <param name="Scale">Factor on the weights.</param>
internal readonly record struct RouterRule(int TopK, int Groups, int TopGroups, bool Normalise, float Scale);

/// <summary>
/// Sigmoid routing with a correction bias that only chooses (DeepSeek-V3, arXiv 2412.19437): s = σ(logits),
/// experts = top-k of s + bias, weights = s of the chosen / their sum · scale. Ties go to the lower index.
/// </summary>
internal static class ExpertRouter
{
    /// <summary>Routes one token; <paramref name="scores"/> [E] holds logits and is overwritten with their sigmoids.</summary>
    /// <param name="scores">Logits in, sigmoids out.</param>
    /// <param name="bias">[E] correction biases.</param>
    /// <param name="rule">Selection and weighting.</param>
    /// <param name="experts">[k] chosen experts, best first.</param>
    /// <param name="weights">[k] their weights.</param>
    public static void Route(Span<float> scores, ReadOnlySpan<float> bias, in RouterRule rule, Span<int> experts, Span<float> weights)
    {
        Span<float> choice = scores.Length <= 1024 ? stackalloc float[scores.Length] : new float[scores.Length];
        for (var e = 0; e < scores.Length; e++)
        {
            scores[e] = 1f / (1f + MathF.Exp(-scores[e]));
            choice[e] = scores[e] + bias[e];
        }

        if (rule.Groups > 1) KeepBestGroups(choice, rule.Groups, rule.TopGroups);
        var sum = 0f;
        for (var slot = 0; slot < rule.TopK; slot++)
        {
            var best = IndexOfLargest(choice);
            experts[slot] = best;
            weights[slot] = scores[best];
            sum += scores[best];
            choice[best] = float.NegativeInfinity;
        }

        var factor = rule.Normalise ? rule.Scale / (sum + 1e-20f) : rule.Scale;
        for (var slot = 0; slot < rule.TopK; slot++) weights[slot] *= factor;
    }

    // The first of the largest; values that are no numbers are left out, and without any number it is the first.
    private static int IndexOfLargest(ReadOnlySpan<float> values)
    {
        var vectors = MemoryMarshal.Cast<float, Vector512<float>>(values);
        var lanes = Vector512.Create(float.NegativeInfinity);
        foreach (var vector in vectors) lanes = Vector512.MaxNumber(lanes, vector);
        var largest = float.NegativeInfinity;
        for (var lane = 0; lane < Lanes.Width; lane++) largest = float.MaxNumber(largest, lanes[lane]);
        var whole = vectors.Length * Lanes.Width;
        foreach (var value in values[whole..]) largest = float.MaxNumber(largest, value);

        for (var v = 0; v < vectors.Length; v++)
            if (Vector512.Equals(vectors[v], Vector512.Create(largest)).ExtractMostSignificantBits() is var equal and not 0) return v * Lanes.Width + BitOperations.TrailingZeroCount(equal);
        for (var e = whole; e < values.Length; e++)
            if (values[e] == largest) return e;
        return 0;
    }

    // A group's score is the sum of its two best choices; experts of the other groups are out.
    private static void KeepBestGroups(Span<float> choice, int groups, int keep)
    {
        var size = choice.Length / groups;
        Span<float> groupScores = groups <= 1024 ? stackalloc float[groups] : new float[groups];
        Span<bool> isOut = groups <= 1024 ? stackalloc bool[groups] : new bool[groups];
        isOut.Clear();
        for (var g = 0; g < groups; g++)
        {
            float first = float.NegativeInfinity, second = float.NegativeInfinity;
            foreach (var value in choice.Slice(g * size, size))
                (first, second) = value > first ? (value, first) : (first, MathF.Max(second, value));
            groupScores[g] = size > 1 ? first + second : first;
        }

        for (var round = groups; round > keep; round--)
        {
            var worst = -1;
            for (var g = 0; g < groups; g++)
                if (!isOut[g] && (worst < 0 || groupScores[g] <= groupScores[worst])) worst = g;
            isOut[worst] = true;
            choice.Slice(worst * size, size).Fill(float.NegativeInfinity);
        }
    }
}
