using System.Text.Json.Nodes;

namespace NemotronSharp.Cli.Evaluation;

/// <summary>All that an evaluation found.</summary>
internal sealed class EvaluationReport
{
    public required IReadOnlyList<SkillResult> Skills { get; init; }

    public required IReadOnlyList<TextResult> Texts { get; init; }

    public required IReadOnlyList<DraftResult> Drafts { get; init; }

    public required ModelPair? Pair { get; init; }

    public required IReadOnlyList<CaseAnswer> Answers { get; init; }

    /// <summary>What the cases took, from the first to the last.</summary>
    public required double AnswerSeconds { get; init; }

    public int PromptTokens => Answers.SelectMany(a => a.Turns).Sum(t => t.Statistics.PromptTokens);

    public int GeneratedTokens => Answers.SelectMany(a => a.Turns).Sum(t => t.Statistics.GeneratedTokens);

    /// <summary>Share of the models' time that went into prompts, 0 to 1.</summary>
    public double PromptTimeShare
    {
        get
        {
            var (prompt, decode) = (Seconds(s => s.PromptTime), Seconds(s => s.DecodeTime));
            return prompt / Math.Max(1e-9, prompt + decode);
        }
    }

    public JsonObject ToJson(string model) => new()
    {
        ["model"] = model,
        ["skills"] = new JsonArray([.. Skills.Select(Skill)]),
        ["bits_per_byte"] = new JsonArray([.. Texts.Select(Text)]),
        ["drafts"] = new JsonArray([.. Drafts.Select(d => Estimate(new JsonObject { ["name"] = d.Name, ["aim"] = d.Aim, ["reached"] = d.Reached }, "accepted", "of", d.Accepted))]),
        ["pair"] = Pair is null ? null : new JsonObject { ["hybrid"] = Member(Pair.Hybrid), ["transformer"] = Member(Pair.Transformer), ["reached"] = Pair.HybridIsNoWorse },
        ["cases"] = new JsonObject
        {
            ["answered"] = Answers.Count,
            ["seconds"] = Math.Round(AnswerSeconds, 2),
            ["prompt_tokens"] = PromptTokens,
            ["completion_tokens"] = GeneratedTokens,
            ["prompt_time_share"] = Math.Round(PromptTimeShare, 4),
        },
    };

    private static JsonNode Skill(SkillResult result)
    {
        var (low, high) = result.Score.Interval();
        return new JsonObject
        {
            ["skill"] = result.Skill,
            ["thinking"] = result.Thinking,
            ["right"] = result.Score.Right,
            ["total"] = result.Score.Total,
            ["share"] = result.Score.Share,
            ["low"] = low,
            ["high"] = high,
            ["aim"] = result.Aim,
            ["reached"] = result.Reached,
            ["needs_data"] = result.Unread > 0,
        };
    }

    private static JsonNode Text(TextResult result)
    {
        var json = new JsonObject { ["source"] = result.Source, ["needs_data"] = result.Bits is null };
        return result.Bits is null ? json : Estimate(json, "bits", "bytes", result.Bits);
    }

    private static JsonNode Estimate(JsonObject json, string part, string whole, RatioEstimate estimate)
    {
        var (low, high) = estimate.Interval();
        json["texts"] = estimate.Texts;
        json[part] = estimate.Part;
        json[whole] = estimate.Whole;
        json["value"] = Finite(estimate.Value);
        json["low"] = Finite(low);
        json["high"] = Finite(high);
        return json;
    }

    // JSON has no NaN.
    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static JsonNode Member(PairMember member) => new JsonObject
    {
        ["pattern"] = member.Pattern,
        ["parameters"] = member.Parameters,
        ["tokens"] = member.Tokens,
        ["heldout_loss"] = member.HeldOutLoss,
        ["bits_per_byte"] = member.BitsPerByte,
    };

    private double Seconds(Func<ChatStatistics, TimeSpan> time) => Answers.SelectMany(a => a.Turns).Sum(t => time(t.Statistics).TotalSeconds);
}
