using CsCheck;
using NemotronSharp.Kernels;

namespace NemotronSharp.Tests.Kernels;

public sealed class ExpertRouterTests
{
    private static float Sigmoid(float x) => 1f / (1f + MathF.Exp(-x));

    [Fact]
    public void The_bias_chooses_and_the_uncorrected_scores_weigh()
    {
        // Scores 0.5, 0.73, 0.27; with the bias expert 2 comes first although its score is the lowest.
        var (experts, weights) = Route([0f, 1f, -1f], [0f, 0f, 0.9f], new RouterRule(2, 1, 1, Normalise: true, Scale: 2.5f));
        Assert.Equal([2, 1], experts);
        var sum = Sigmoid(-1) + Sigmoid(1);
        Assert.Equal(2.5f * Sigmoid(-1) / sum, weights[0], 1e-6f);
        Assert.Equal(2.5f * Sigmoid(1) / sum, weights[1], 1e-6f);
    }

    [Fact]
    public void Ties_go_to_the_lower_index()
    {
        var (experts, _) = Route([1f, 2f, 2f, 1f], [0f, 0f, 0f, 0f], new RouterRule(3, 1, 1, true, 1f));
        Assert.Equal([1, 2, 0], experts);
    }

    [Fact]
    public void Without_normalisation_the_scores_are_the_weights()
    {
        var (_, weights) = Route([0f, 1f], [0f, 0f], new RouterRule(2, 1, 1, false, 5f));
        Assert.Equal(5f * Sigmoid(1), weights[0], 1e-6f);
        Assert.Equal(5f * Sigmoid(0), weights[1], 1e-6f);
    }

    [Fact]
    public void A_group_counts_by_its_two_best_experts()
    {
        // Group 0 holds the single best expert, group 1 the two next best ones: 2.0 + -3 against 1.5 + 1.4.
        var (experts, _) = Route([2f, -3f, 1.5f, 1.4f], [0f, 0f, 0f, 0f], new RouterRule(2, 2, 1, true, 1f));
        Assert.Equal([2, 3], experts);
    }

    // Few different values, so that ties are common; counts that fill vectors, and odd ones.
    [Fact]
    public void Any_number_of_experts_is_chosen_from_as_sorting_would()
    {
        var value = Gen.Int[-3, 3].Select(i => i / 2f);
        (from count in Gen.Int[1, 70]
         from topK in Gen.Int[1, count]
         from logits in value.Array[count]
         from bias in value.Array[count]
         select (topK, logits, bias)).Sample(c =>
         {
             int[] expected = [.. Enumerable.Range(0, c.logits.Length).OrderByDescending(e => Sigmoid(c.logits[e]) + c.bias[e]).ThenBy(e => e).Take(c.topK)];
             Assert.Equal(expected, Route([.. c.logits], c.bias, new RouterRule(c.topK, 1, 1, true, 1f)).Experts);
         });
    }

    [Fact]
    public void A_score_that_is_no_number_is_not_chosen_before_numbers()
    {
        var logits = new float[40];
        (logits[0], logits[3], logits[35]) = (float.NaN, float.NaN, 1f);
        Assert.Equal([35, 1, 2, 4], Route(logits, new float[40], new RouterRule(4, 1, 1, true, 1f)).Experts);
    }

    [Theory]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(float.NaN)]
    public void Biases_that_are_no_numbers_still_choose_experts(float bias)
    {
        var (experts, _) = Route([1f, 2f, 3f, 4f, 5f, 6f], [bias, bias, bias, bias, 0f, 0f], new RouterRule(2, 3, 1, true, 1f));
        Assert.All(experts, e => Assert.InRange(e, 0, 5));
    }

    private static (int[] Experts, float[] Weights) Route(float[] logits, float[] bias, RouterRule rule)
    {
        var experts = new int[rule.TopK];
        var weights = new float[rule.TopK];
        ExpertRouter.Route(logits, bias, rule, experts, weights);
        return (experts, weights);
    }
}
