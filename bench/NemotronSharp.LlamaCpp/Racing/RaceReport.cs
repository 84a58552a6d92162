using System.Text;
using static System.FormattableString;

namespace NemotronSharp.LlamaCpp;

/// <summary>A race as a Markdown table with what was run above it.</summary>
internal static class RaceReport
{
    private const double IdleLimit = 0.02;

    public static string Markdown(RacePlan plan, RaceResult result)
    {
        var text = new StringBuilder();
        text.Append(Heading(plan)).Append("\n\n");
        text.Append(Invariant($"| | {plan.Second.Name} | {plan.First.Name} | ratio, median (range) | share of the limit |\n|---|---:|---:|---:|---|\n"));
        foreach (var row in result.Rows.Where(r => r.Ratios.Length > 0))
            text.Append(Invariant($"| {row.Row.Name}, tokens/s | {PairedRatios.Median(row.Second):0.00} | {PairedRatios.Median(row.First):0.00} | {Ratio(row.Ratios)} | {Share(row, result.FirstCost)} |\n"));
        if (result.FirstOpen.Count > 0 && result.SecondOpen.Count > 0)
            text.Append(Invariant($"| start to first token, s | {PairedRatios.Median(result.SecondOpen):0.00} | {PairedRatios.Median(result.FirstOpen):0.00} | {Ratio(PairedRatios.Of(result.SecondOpen, result.FirstOpen))} sooner | |\n"));
        foreach (var deep in result.Rows.Where(r => r.Row.Depth > 0))
        {
            if (result.Rows.FirstOrDefault(r => !r.Row.Prompt && r.Row.Depth == 0) is not { } shallow) continue;
            double[] ours = PairedRatios.Of(deep.First, shallow.First), theirs = PairedRatios.Of(deep.Second, shallow.Second);
            if (ours.Length == 0 || theirs.Length == 0) continue;
            text.Append(Invariant($"| {deep.Row.Name} over depth 0 | {Ratio(theirs)} | {Ratio(ours)} | | |\n"));
        }
        if (result.FirstMemory is { } first && result.SecondMemory is { } second)
            text.Append(Invariant($"| memory, GB (of it the process's own) | {second.Resident / 1e9:0.0} ({second.Anonymous / 1e9:0.0}) | {first.Resident / 1e9:0.0} ({first.Anonymous / 1e9:0.0}) | | |\n"));
        if (result.LargestIdleShare > IdleLimit) text.Append(Invariant($"\nThe engine that waited took up to {result.LargestIdleShare:P0} of a processor: these numbers say little.\n"));
        return text.ToString();
    }

    /// <summary>What <c>--json</c> prints.</summary>
    public static object Json(RacePlan plan, RaceResult result) => new
    {
        Run = Heading(plan),
        Processor = Processor.Name,
        Plan = plan,
        Rows = result.Rows.Select(r => new
        {
            r.Row.Name,
            First = r.First.Count > 0 ? PairedRatios.Median(r.First) : (double?)null,
            Second = r.Second.Count > 0 ? PairedRatios.Median(r.Second) : (double?)null,
            Ratio = r.Ratios.Length > 0 ? PairedRatios.Median(r.Ratios) : (double?)null,
            ShareOfRead = ShareOfRead(r, result.FirstCost),
            ShareOfPeak = ShareOfPeak(r, result.FirstCost, passes: false),
            PeakBusy = ShareOfPeak(r, result.FirstCost, passes: true),
            r.Ratios,
            FirstRuns = r.First,
            SecondRuns = r.Second,
            r.Limits,
        }),
        result.FirstOpen,
        result.SecondOpen,
        result.FirstCost,
        result.SecondCost,
        result.FirstMemory,
        result.SecondMemory,
        result.LargestIdleShare,
    };

    /// <summary>The median over runs of what decoding moved, against what the machine read beside that run.</summary>
    public static double? ShareOfRead(RowResult row, TokenCost? cost) => cost is null || row.Row.Prompt || row.Limits.Count == 0 ? null
        : PairedRatios.Median(PairedRatios.Of(row.First.Select(rate => rate * cost.DecodeBytes(row.Row.Depth + row.Row.Tokens / 2)), row.Limits.Select(l => l.ReadBytesPerSecond)));

    /// <summary>The median over runs of the share of the peaks beside that run, see <see cref="TokenCost.PromptSecondsAtPeak"/>.</summary>
    public static double? ShareOfPeak(RowResult row, TokenCost? cost, bool passes) => cost is null || !row.Row.Prompt || row.Limits.Count == 0 ? null
        : PairedRatios.Median([.. row.First.Zip(row.Limits, (rate, limits) => rate * cost.PromptSecondsAtPeak(limits, passes))]);

    private static string Heading(RacePlan plan)
    {
        var models = plan.First.Model == plan.Second.Model ? Path.GetFileName(plan.First.Model) : $"{Path.GetFileName(plan.First.Model)} against {Path.GetFileName(plan.Second.Model)}";
        var llama = plan.Second.Llama ? "; llama.cpp v0.5.0: its own threads kept between steps, steps of 512 tokens, keys and values in half precision, attention fused where it can" : "";
        return Invariant($"{plan.First.Name} and {plan.Second.Name} on {models}: {plan.Pairs} pairs, {(plan.OneAtATime ? "whole processes" : "runs")} in turn, {plan.Threads} threads, {plan.Activations.ToString().ToLowerInvariant()} activations here, the same random token ids, one sequence{llama}. Processor: {Processor.Name}.");
    }

    private static string Ratio(double[] ratios) => Invariant($"{PairedRatios.Median(ratios):0.00} ({ratios.Min():0.00} to {ratios.Max():0.00})");

    private static string Share(RowResult row, TokenCost? cost)
    {
        if (ShareOfRead(row, cost) is { } read) return Invariant($"{read:P0} of the {PairedRatios.Median([.. row.Limits.Select(l => l.ReadBytesPerSecond)]) / 1e9:0} GB/s read beside it");
        if (ShareOfPeak(row, cost, passes: false) is not { } peak) return "";
        var (busy, unit) = (ShareOfPeak(row, cost, passes: true)!.Value, cost!.PromptUnit);
        return Invariant($"{peak:P0} of {PairedRatios.Median([.. row.Limits.Select(l => l.OpsPerSecond(unit))]) / 1e9:0} Gop/s {unit} beside it{(busy > peak * 1.001 ? Invariant($", {busy:P0} of it busy") : "")}");
    }
}
