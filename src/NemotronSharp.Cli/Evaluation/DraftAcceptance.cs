using NemotronSharp.Generation;

namespace NemotronSharp.Cli.Evaluation;

/// <summary>
/// Drafts of the MTP head in one greedy answer: behind every token it drafts the two after the next one, and the answer itself says which were right.
/// A second draft counts as accepted only behind an accepted first one, as in speculative decoding.
/// </summary>
/// <param name="First">First drafts accepted.</param>
/// <param name="FirstOf">First drafts made.</param>
/// <param name="Second">Second drafts accepted.</param>
/// <param name="SecondOf">Second drafts made, whether the first was right or not.</param>
/// <param name="SecondBehindFirst">Second drafts made behind an accepted first one.</param>
internal sealed record DraftAcceptance(int First, int FirstOf, int Second, int SecondOf, int SecondBehindFirst)
{
    private const int MaxTokens = 320, Depth = 2;

    public static DraftAcceptance Measure(ChatModel model, EvaluationCase one, CancellationToken cancellation)
    {
        var prompt = model.Tokenizer.Encode(model.Render(one.Messages, new ChatOptions { Tools = one.Tools, Thinking = one.Thinking }));
        var options = new GenerationOptions { MaxTokens = MaxTokens, StopIds = model.StopIds, Sampling = SamplingOptions.Greedy };
        using var state = model.Engine.NewSequence();
        int[] ids = [.. prompt, .. model.Engine.Generate(state, prompt, options, cancellation)];

        using var fresh = model.Engine.NewSequence();
        var (first, firstOf, second, secondOf, behind) = (0, 0, 0, 0, 0);
        model.Engine.DraftMtp(fresh, ids, prompt.Length - 1, Depth, (token, drafts) =>
        {
            if (token + 2 >= ids.Length) return;
            var right = drafts[0] == ids[token + 2];
            firstOf++;
            if (right) first++;
            if (token + 3 >= ids.Length) return;
            secondOf++;
            if (!right) return;
            behind++;
            if (drafts[1] == ids[token + 3]) second++;
        });
        return new DraftAcceptance(first, firstOf, second, secondOf, behind);
    }
}
