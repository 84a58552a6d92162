using Spectre.Console;

namespace NemotronSharp.Training.Pretraining;

/// <summary>Shows a run: a live bar on a terminal, one plain line every few steps elsewhere.</summary>
internal static class ProgressDisplay
{
    private const int PlainLineEvery = 20;

    /// <summary>Runs <paramref name="work"/> with something to tell each step to.</summary>
    /// <param name="steps">All steps of the run.</param>
    /// <param name="work">Calls its argument after each step.</param>
    public static void Run(int steps, Action<Action<StepReport>> work)
    {
        if (Console.IsOutputRedirected)
        {
            work(report =>
            {
                if (report.Step % PlainLineEvery == 0 || report.Step == 1 || report.Step == steps || report.ValidationLoss is not null)
                    Console.WriteLine($"{DateTime.Now:HH:mm:ss} {Describe(report)} left {Left(report, steps):hh\\:mm\\:ss}");
            });
            return;
        }
        AnsiConsole.Progress().HideCompleted(false)
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context =>
            {
                var task = context.AddTask("starting", maxValue: steps);
                work(report =>
                {
                    task.Value = report.Step;
                    task.Description = Markup.Escape(Describe(report));
                });
            });
    }

    private static string Describe(StepReport r) =>
        $"step {r.Step}  loss {r.Loss:F3}  mtp {r.MtpLoss:F3}  lr {r.Rate:E2}  norm {r.GradientNorm:F2}  balance {r.MaxViolation:F2}  {r.TokensPerSecond:N0} tok/s"
        + (r.ValidationLoss is { } held ? $"  held out {held:F3}" : "");

    private static TimeSpan Left(StepReport r, int steps) => TimeSpan.FromSeconds((steps - r.Step) * r.SecondsPerStep);
}
