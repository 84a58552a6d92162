using Spectre.Console;
using Spectre.Console.Rendering;

namespace NemotronSharp.Training.Pretraining;

/// <summary>Shows a run: a small live panel on a terminal, one plain line every few steps elsewhere.</summary>
internal sealed class ProgressDisplay
{
    private const int PlainLineEvery = 20, CurveWidth = 60, BarWidth = 40;
    private readonly int _steps;
    private readonly List<double> _losses = [];
    private double? _heldOut;
    private double _secondsPerStep;

    private ProgressDisplay(int steps) => _steps = steps;

    /// <summary>Runs <paramref name="work"/> with something to tell each step to.</summary>
    /// <param name="steps">All steps of the run.</param>
    /// <param name="work">Calls its argument after each step.</param>
    public static void Run(int steps, Action<Action<StepReport>> work)
    {
        var display = new ProgressDisplay(steps);
        if (Console.IsOutputRedirected)
            work(display.WriteLine);
        else
            AnsiConsole.Live(new Markup("first step…")).Start(context => work(report => context.UpdateTarget(display.Panel(report))));
    }

    private void WriteLine(StepReport r)
    {
        Note(r);
        if (r.Step % PlainLineEvery != 0 && r.Step != 1 && r.Step != _steps && r.ValidationLoss is null) return;
        Console.WriteLine($"{DateTime.Now:HH:mm:ss} step {r.Step}  loss {r.Loss:F3}  mtp {r.MtpLoss:F3}  lr {r.Rate:E2}  norm {r.GradientNorm:F2}  balance {r.MaxViolation:F2}  {r.TokensPerSecond:N0} tok/s  {Left(r)} left"
            + (r.ValidationLoss is { } held ? $"  held out {held:F3}" : ""));
    }

    private Rows Panel(StepReport r)
    {
        Note(r);
        var filled = (int)((long)BarWidth * r.Step / _steps);
        List<IRenderable> lines =
        [
            new Markup($"[green]{new string('━', filled)}[/][grey]{new string('━', BarWidth - filled)}[/]  {100.0 * r.Step / _steps:F0} %  [bold]{Left(r)}[/] left"),
            new Markup($"step {r.Step:N0} of {_steps:N0}   [bold]{r.TokensPerSecond:N0}[/] tokens/s   rate {r.Rate:E1}   gradient {r.GradientNorm:F2}   balance {r.MaxViolation:F2}"),
            new Markup($"loss [bold]{r.Loss:F3}[/]   mtp {r.MtpLoss:F3}" + (_heldOut is { } held ? $"   held out [bold]{held:F3}[/]" : "")),
            new Markup($"[green]{Curve()}[/]"),
        ];
        return new Rows(lines);
    }

    private void Note(StepReport r)
    {
        _losses.Add(r.Loss);
        _heldOut = r.ValidationLoss ?? _heldOut;
        // Single steps vary by a factor of two when the machine is shared.
        _secondsPerStep = _secondsPerStep == 0 ? r.SecondsPerStep : 0.95 * _secondsPerStep + 0.05 * r.SecondsPerStep;
    }

    private string Left(StepReport r) => TimeSpan.FromSeconds((_steps - r.Step) * _secondsPerStep).ToString("h':'mm':'ss");

    // The whole run's losses as a row of blocks, each the mean of its stretch.
    private string Curve()
    {
        var columns = Math.Min(CurveWidth, _losses.Count);
        var means = Enumerable.Range(0, columns).Select(c => _losses[(_losses.Count * c / columns)..(_losses.Count * (c + 1) / columns)].Where(double.IsFinite).DefaultIfEmpty(0).Average()).ToArray();
        double low = means.Min(), high = Math.Max(means.Max(), low + 1e-9);
        return string.Concat(means.Select(m => "▁▂▃▄▅▆▇█"[(int)((m - low) / (high - low) * 7)]));
    }
}
