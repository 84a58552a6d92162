using System.Text.Json;
using System.Text.Json.Nodes;
using NemotronSharp.Generation;

namespace NemotronSharp.Cli.Evaluation;

/// <summary>What a model made of a case.</summary>
/// <param name="Case">The case.</param>
/// <param name="Right">Whether every step was right.</param>
/// <param name="Turns">The model's turns, up to the first wrong one.</param>
internal sealed record CaseAnswer(EvaluationCase Case, bool Right, IReadOnlyList<ChatCompleted> Turns)
{
    // Three times the longest answer of the held-out cases: who needs more has lost the thread.
    private const int MaxTokens = 320;

    /// <summary>Answers a case greedily, step by step, with the model's own messages in the conversation. A turn that does not end is wrong.</summary>
    public static async Task<CaseAnswer> GetAsync(ChatModel model, EvaluationCase one, CancellationToken cancellation)
    {
        var options = new ChatOptions { Tools = one.Tools, Thinking = one.Thinking, MaxTokens = MaxTokens, Sampling = SamplingOptions.Greedy };
        var messages = (JsonArray)one.Messages.DeepClone();
        var turns = new List<ChatCompleted>();
        foreach (var step in one.Steps)
        {
            var turn = await model.StreamAsync(messages, options, cancellation).OfType<ChatCompleted>().SingleAsync(cancellation);
            turns.Add(turn);
            if (turn.FinishReason == FinishReason.Length || !step.Expect.IsMetBy(turn.Message)) return new CaseAnswer(one, false, turns);
            messages.Add(Cli.Messages.Assistant(turn.Message));
            foreach (var message in step.Then) messages.Add(message!.DeepClone());
        }
        return new CaseAnswer(one, true, turns);
    }

    /// <summary>For a file of failures: the wrong turn, what was expected of it, and the conversation.</summary>
    public string FailureLine()
    {
        var (last, step) = (Turns[^1], Case.Steps[Turns.Count - 1]);
        return JsonSerializer.Serialize(new
        {
            id = Case.Id,
            task = Case.Skill,
            thinking = Case.Thinking,
            step = Turns.Count,
            of = Case.Steps.Count,
            expected = new { contains = step.Expect.Contains, function = step.Expect.Function, arguments = step.Expect.Arguments, json = step.Expect.Json },
            said = AnswerJson.Of(last),
            messages = Case.Messages,
            document = Case.Document,
        }, CliJson.Compact);
    }
}
