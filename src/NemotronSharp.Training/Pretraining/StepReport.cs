using System.Text.Json;

namespace NemotronSharp.Training.Pretraining;

/// <summary>One optimizer step as it is logged. Losses are mean cross entropies in nats.</summary>
/// <param name="Step">1-based: steps done.</param>
/// <param name="Loss">Next-token loss.</param>
/// <param name="MtpLoss">Mean of the MTP depths; 0 without MTP.</param>
/// <param name="Rate">Learning rate.</param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="MaxViolation">Busiest expert's load over the mean load, worst layer (1 is perfect balance).</param>
/// <param name="TokensPerSecond">Positions of the rows, padding included, per wall second.</param>
/// <param name="SecondsPerStep">Wall time of this step.</param>
/// <param name="Seconds">Wall time of this process so far.</param>
internal sealed record StepReport(int Step, double Loss, double MtpLoss, double Rate, double GradientNorm, double MaxViolation, double TokensPerSecond, double SecondsPerStep, double Seconds)
{
    /// <summary>Held-out loss, where one was measured after this step.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>Positions of the step's rows, padding included.</summary>
    public long Tokens { get; init; }

    /// <summary>Busiest expert's load over the mean load in every MoE layer, the MTP head's last.</summary>
    public double[] MaxViolations { get; init; } = [];

    /// <summary>Root mean square of the residual stream after every layer, over the step's first micro-batch.</summary>
    public double[] Norms { get; init; } = [];

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals, // a skipped step's norm is not finite
    };

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    /// <summary>The steps of a log, in order; of a step that was run twice (after a resume) the later run.</summary>
    public static List<StepReport> ReadLog(string path)
    {
        if (!File.Exists(path)) return [];
        var byStep = new SortedDictionary<int, StepReport>();
        foreach (var line in File.ReadLines(path))
        {
            StepReport? report;
            try
            {
                report = JsonSerializer.Deserialize<StepReport>(line, Options);
            }
            catch (JsonException)
            {
                continue; // a line cut off by a killed process
            }
            if (report is not null) byStep[report.Step] = report;
        }
        return [.. byStep.Values];
    }
}
